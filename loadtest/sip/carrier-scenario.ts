import { CARRIER_BEHAVIOURS, type CarrierBehaviourName } from './carrier-behaviour.ts';

/** Longer than any ring timeout: an end for calls that nobody cancels. */
const RING_MS_MAX = 120_000;

/** SIPp's scenario of the carrier: one file for all behaviours, chosen by the last two digits of the number in To. */
export function carrierScenarioXml(): string {
  const parts = CARRIER_BEHAVIOURS.map(({ name }) => [label(name), ...STEPS[name], goto('end')].join('\n'));
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE scenario SYSTEM "sipp.dtd">
<scenario name="carrier">
${receiveInvite()}
${parts.join('\n')}
${label('alive')}
${okToLastRequest}
${label('end')}
<Reference variables="whole,number,cseq,contact,from,to,${CARRIER_BEHAVIOURS.map(({ name }) => variable(name)).join(',')}"/>
</scenario>
`;
}

const variable = (name: string): string => `is_${name.replaceAll('-', '_')}`;
const label = (name: string): string => `<label id="${name}"/>`;
const goto = (to: string): string => `<nop next="${to}"/>`;
const wait = (ms: number): string => `<pause milliseconds="${ms}"/>`;
/** A line of the journal, which is what the load test counts. */
const journal = (what: string): string =>
  `<nop><action><log message="${what} [$number] [call_id]"/></action></nop>`;

function receiveInvite(): string {
  const choose = CARRIER_BEHAVIOURS.map(
    ({ name, endings: [first, last] }) =>
      `<ereg regexp="(${endings(first, last).join('|')})@" search_in="hdr" header="To:" assign_to="${variable(name)}"/>`,
  );
  const branch = CARRIER_BEHAVIOURS.map(({ name }) => `<nop next="${name}" test="${variable(name)}"/>`);
  return `<recv request="OPTIONS" optional="true" next="alive"/>
<recv request="INVITE" crlf="true">
<action>
<ereg regexp="sip:([^@;&gt;]*)@" search_in="hdr" header="To:" assign_to="whole,number"/>
<ereg regexp="([0-9]+)" search_in="hdr" header="CSeq:" assign_to="whole,cseq"/>
<ereg regexp="&lt;([^&gt;]*)&gt;" search_in="hdr" header="Contact:" assign_to="whole,contact"/>
<ereg regexp=".*" search_in="hdr" header="From:" assign_to="from"/>
<ereg regexp=".*" search_in="hdr" header="To:" assign_to="to"/>
${choose.join('\n')}
<log message="invited [$number] [call_id]"/>
</action>
</recv>
${branch.join('\n')}`;
}

function endings(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, i) => String(first + i).padStart(2, '0'));
}

const SDP = `v=0
o=carrier 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=sendrecv`;

interface Reply {
  readonly status: string;
  readonly sdp?: boolean;
  readonly extra?: string;
  /** User part of the Contact, which is where a 302 points. */
  readonly contact?: string;
  /** The last request was a CANCEL: its headers fit all but the CSeq. */
  readonly afterCancel?: boolean;
  /** Sent once: SIPp takes nothing in between when it repeats a message. */
  readonly once?: boolean;
}

function reply({
  status,
  sdp = false,
  extra = '',
  contact = 'carrier',
  afterCancel = false,
  once = false,
}: Reply): string {
  const repeated = Number(status.slice(0, 3)) >= 200 && !once ? ' retrans="500"' : '';
  const body = sdp ? `Content-Type: application/sdp\nContent-Length: [len]\n\n${SDP}` : 'Content-Length: 0\n';
  return `<send${repeated}><![CDATA[
SIP/2.0 ${status}
[last_Via:]
[last_From:]
[last_To:];tag=carrier[pid]n[call_number]
[last_Call-ID:]
${afterCancel ? 'CSeq: [$cseq] INVITE' : '[last_CSeq:]'}
Contact: <sip:${contact}@[local_ip]:[local_port]>
${extra}${body}
]]></send>`;
}

const okToLastRequest = `<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>`;

const okToCancel = okToLastRequest.replace('[last_To:]', '[last_To:];tag=carrier[pid]n[call_number]');

/** Waits this long for a CANCEL, which ends the call; goes on behind when none came. */
function cancelledWithin(ms: number, name: string): string[] {
  return [
    `<recv request="CANCEL" timeout="${ms}" ontimeout="${name}-goes-on"/>`,
    journal('cancelled'),
    okToCancel,
    reply({ status: '487 Request Terminated', afterCancel: true }),
    '<recv request="ACK"/>',
    goto('end'),
    label(`${name}-goes-on`),
  ];
}

const refused = (answer: Reply): string[] => [reply(answer), '<recv request="ACK"/>', journal('refused')];
const answer = [reply({ status: '200 OK', sdp: true }), '<recv request="ACK"/>', journal('answered')];
/** Talks until we hang up. */
const talk = ['<recv request="BYE"/>', okToLastRequest, journal('hung-up-on')];

/** Talks for so long, then hangs up, unless we do it first. */
function talkFor(ms: number, name: string): string[] {
  return [
    `<recv request="BYE" timeout="${ms}" ontimeout="${name}-hangs-up"/>`,
    okToLastRequest,
    journal('hung-up-on'),
    goto('end'),
    label(`${name}-hangs-up`),
    `<send retrans="500"><![CDATA[
BYE [$contact] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: [$to];tag=carrier[pid]n[call_number]
To: [$from]
[last_Call-ID:]
CSeq: 1 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>`,
    '<recv response="200"/>',
    journal('hung-up'),
  ];
}

const UNALLOCATED = 'Reason: Q.850;cause=1;text="Unallocated number"\n';
/** Nobody may ever call this one. */
export const REDIRECTED_TO = '+12025559999';
const trying = reply({ status: '100 Trying' }).replace(';tag=carrier[pid]n[call_number]', '');
const ringing = reply({ status: '180 Ringing' });
const earlyMedia = reply({ status: '183 Session Progress', sdp: true });

const STEPS: Readonly<Record<CarrierBehaviourName, readonly string[]>> = {
  answered: [trying, ringing, ...cancelledWithin(1500, 'answered'), ...answer, ...talk],
  'answered-hangs-up': [
    ...[trying, ringing, ...cancelledWithin(3000, 'answered-hangs-up')],
    ...[...answer, ...talkFor(4000, 'answered-hangs-up')],
  ],
  'answered-after-early-media': [
    ...[trying, wait(200), ringing, wait(500), earlyMedia],
    ...cancelledWithin(1300, 'answered-after-early-media'),
    ...[...answer, ...talk],
  ],
  'answered-without-ringing': [
    ...[trying, ...cancelledWithin(1000, 'answered-without-ringing'), ...answer, ...talk],
  ],
  'answered-slowly': [trying, ringing, ...cancelledWithin(12_000, 'answered-slowly'), ...answer, ...talk],
  busy: [trying, wait(180), ...refused({ status: '486 Busy Here' })],
  'no-answer': [trying, wait(300), ringing, ...cancelledWithin(RING_MS_MAX, 'no-answer')],
  'early-media-only': [trying, wait(300), earlyMedia, ...cancelledWithin(RING_MS_MAX, 'early-media-only')],
  'early-media-then-busy': [
    ...[
      trying,
      earlyMedia,
      ...cancelledWithin(2000, 'early-media-then-busy'),
      ...refused({ status: '486 Busy Here' }),
    ],
  ],
  rejected: [trying, ringing, ...cancelledWithin(1500, 'rejected'), ...refused({ status: '603 Decline' })],
  'invalid-number': [trying, ...refused({ status: '404 Not Found', extra: UNALLOCATED })],
  'carrier-failure': [trying, ...refused({ status: '503 Service Unavailable' })],
  // Our CANCEL may not leave before an answer came (RFC 3261, 9.1), so this call ends by itself, when the INVITE is given up.
  'no-reply': [wait(40_000)],
  redirected: refused({ status: '302 Moved Temporarily', contact: REDIRECTED_TO }),
  'answer-crosses-cancel': [
    ...[trying, ringing, `<recv request="CANCEL" timeout="${RING_MS_MAX}"/>`, journal('cancelled')],
    ...[reply({ status: '200 OK', sdp: true, afterCancel: true, once: true }), okToCancel],
    ...['<recv request="ACK"/>', journal('answered'), ...talk],
  ],
  'trying-only': [trying, ...cancelledWithin(RING_MS_MAX, 'trying-only')],
};
