import { createHash, randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AgentPhone } from './freeswitch-process.ts';
import { ownLoopbackAddress } from './loopback-address.ts';

export interface SipProbe {
  /** host:port */
  readonly to: string;
  readonly method: string;
  /** Request URI; the address by default. */
  readonly uri?: string;
  readonly from: string;
  /** Answers one challenge with these. */
  readonly credentials?: AgentPhone;
  readonly body?: string;
}

const SDP = (ip: string): string =>
  `v=0\r\no=probe 1 1 IN IP4 ${ip}\r\ns=-\r\nc=IN IP4 ${ip}\r\nt=0 0\r\nm=audio 30000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n`;

/** Sends one SIP request by hand and returns the status of its final answer (RFC 3261; digest by RFC 2617). */
export async function sipStatus(probe: SipProbe): Promise<number> {
  const ip = ownLoopbackAddress();
  const socket = createSocket('udp4');
  socket.bind(0, ip);
  await once(socket, 'listening');
  const { port } = socket.address();
  const [host = '', toPort = ''] = probe.to.split(':');
  const callId = randomUUID();
  const uri = probe.uri ?? `sip:${probe.to}`;
  const body = probe.body ?? (probe.method === 'INVITE' ? SDP(ip) : '');
  const send = (cseq: number, authorization: string): void => {
    const lines = [
      `${probe.method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP ${ip}:${port};branch=z9hG4bK${randomUUID()};rport`,
      `From: <sip:${probe.from}>;tag=probe`,
      `To: <${probe.method === 'REGISTER' ? `sip:${probe.from}` : uri}>`,
      `Call-ID: ${callId}`,
      `CSeq: ${cseq} ${probe.method}`,
      `Contact: <sip:probe@${ip}:${port}>`,
      'Max-Forwards: 70',
      ...(authorization === '' ? [] : [authorization]),
      ...(body === '' ? [] : ['Content-Type: application/sdp']),
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    socket.send(`${lines.join('\r\n')}\r\n\r\n${body}`, Number(toPort), host);
  };
  const finalAnswer = async (cseq: number): Promise<{ status: number; text: string }> => {
    for (;;) {
      const [message] = (await once(socket, 'message', { signal: AbortSignal.timeout(10_000) })) as [Buffer];
      const text = message.toString('utf8');
      const status = Number(/^SIP\/2\.0 (\d{3})/.exec(text)?.[1] ?? 0);
      if (status >= 200 && text.includes(`CSeq: ${cseq} `)) return { status, text };
    }
  };
  try {
    send(1, '');
    const first = await finalAnswer(1);
    if (probe.credentials === undefined || (first.status !== 401 && first.status !== 407))
      return first.status;
    send(2, authorizationFor(probe, uri, first.text));
    return (await finalAnswer(2)).status;
  } finally {
    socket.close();
  }
}

function authorizationFor(probe: SipProbe, uri: string, challenge: string): string {
  const field = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? '';
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
  const { extension, password } = probe.credentials ?? { extension: '', password: '' };
  const ha1 = md5(`${extension}:${field('realm')}:${password}`);
  const response = md5(`${ha1}:${field('nonce')}:00000001:probe:auth:${md5(`${probe.method}:${uri}`)}`);
  const header = challenge.includes('Proxy-Authenticate') ? 'Proxy-Authorization' : 'Authorization';
  return `${header}: Digest username="${extension}", realm="${field('realm')}", nonce="${field('nonce')}", uri="${uri}", algorithm=MD5, qop=auth, nc=00000001, cnonce="probe", response="${response}"`;
}
