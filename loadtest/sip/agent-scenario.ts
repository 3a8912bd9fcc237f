/** What phones do beside picking up. */
export interface PhoneHabits {
  /** Sends no audio, like a phone that lost its network. */
  readonly isMute?: boolean;
  /** Tries to send each of its calls on to this SIP address. */
  readonly thenRefersTo?: string;
  /** Phones (extensions) that hang up by themselves, 4 s after they picked up. */
  readonly hangsUp?: readonly string[];
}

function registerMessage(cseq: number, authorization: string): string {
  return `<send retrans="500"><![CDATA[
REGISTER sip:[agent_domain] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[field0]@[agent_domain]>;tag=phone[call_number]
To: <sip:[field0]@[agent_domain]>
Call-ID: [call_id]
CSeq: ${cseq} REGISTER
Contact: <sip:[field0]@[phone_address]>
${authorization}Expires: 3600
Max-Forwards: 70
Content-Length: 0

]]></send>`;
}

/** `[phone_address]` is where the phone listens; extension and credentials come from the injection file. */
export const REGISTER_SCENARIO = `<?xml version="1.0" encoding="UTF-8"?>
<scenario name="register">
${registerMessage(1, '')}
<recv response="401" auth="true"/>
${registerMessage(2, '[field1]\n')}
<recv response="200"/>
</scenario>
`;

function refer(to: string): string {
  return `<pause milliseconds="200"/>
<send retrans="500"><![CDATA[
REFER [$contact] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: [$to];tag=phone[pid]n[call_number]
To: [$from]
[last_Call-ID:]
CSeq: 1 REFER
Contact: <sip:[$extension]@[local_ip]:[local_port]>
Refer-To: <${to}>
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="405"/>
<nop><action><log message="refer-refused [$extension] [call_id]"/></action></nop>`;
}

/** Rings a moment, picks up, and sends silence; `extension`, `contact`, `from` and `to` are known from then on. */
const pickUp = ({ isMute = false, hangsUp = [] }: PhoneHabits): string => `<recv request="INVITE">
<action>
<ereg regexp="sip:([^@;&gt;]*)@" search_in="hdr" header="To:" assign_to="whole,extension"/>
<ereg regexp="&lt;([^&gt;]*)&gt;" search_in="hdr" header="Contact:" assign_to="whole,contact"/>
<ereg regexp=".*" search_in="hdr" header="From:" assign_to="from"/>
<ereg regexp=".*" search_in="hdr" header="To:" assign_to="to"/>
<ereg regexp="sip:(${['nobody', ...hangsUp].join('|')})@" search_in="hdr" header="To:" assign_to="hangs_up"/>
</action>
</recv>
<Reference variables="whole,contact,from,to"/>
<send><![CDATA[
SIP/2.0 180 Ringing
[last_Via:]
[last_From:]
[last_To:];tag=phone[pid]n[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[$extension]@[local_ip]:[local_port]>
Content-Length: 0

]]></send>
<pause milliseconds="300"/>
<send retrans="500"><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=phone[pid]n[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[$extension]@[local_ip]:[local_port]>
Content-Type: application/sdp
Content-Length: [len]

v=0
o=phone 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [rtpstream_audio_port] RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=sendrecv
]]></send>
<recv request="ACK">
<action>
<log message="picked-up [$extension] [call_id]"/>
${isMute ? '' : '<exec rtp_stream="[folder]/silence.ul,-1,0"/>'}
</action>
</recv>`;

const okToBye = `<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>`;

/** Goes on to the end, or hangs up first after 4 s. */
const impatient = `<label id="impatient"/>
<recv request="BYE" timeout="4000" ontimeout="hang-up"/>
<nop next="answer-bye"/>
<label id="hang-up"/>
<send retrans="500"><![CDATA[
BYE [$contact] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: [$to];tag=phone[pid]n[call_number]
To: [$from]
[last_Call-ID:]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200"/>
<nop><action><log message="hung-up [$extension] [call_id]"/></action></nop>
<label id="end"/>`;

/** A phone of an agent: picks up each call and stays on the line. */
export function pickUpScenario(habits: PhoneHabits): string {
  const { thenRefersTo } = habits;
  return `<?xml version="1.0" encoding="UTF-8"?>
<scenario name="agents">
${pickUp(habits)}
${thenRefersTo === undefined ? '' : refer(thenRefersTo)}
<nop next="impatient" test="hangs_up"/>
<recv request="BYE"/>
<label id="answer-bye"/>
${okToBye}
<nop next="end"><action><log message="hung-up-on [$extension] [call_id]"/></action></nop>
${impatient}
</scenario>
`;
}
