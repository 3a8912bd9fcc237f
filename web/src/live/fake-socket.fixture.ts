import type { EpochMs } from '../../../kernel/time.ts';
import type { CallView, CampaignView, PoolView } from '../../../server/api.ts';
import type { ConnectionPorts, Socket } from './live-connection.svelte.ts';

type Handler<Name extends 'onopen' | 'onmessage' | 'onclose'> = Socket[Name];

/** A socket whose server side is the test. */
export class FakeSocket {
  onopen: Handler<'onopen'> = null;
  onmessage: Handler<'onmessage'> = null;
  onclose: Handler<'onclose'> = null;
  readonly sent: unknown[] = [];
  isClosed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.isClosed = true;
  }

  opens(): void {
    this.onopen?.call(this as unknown as WebSocket, new Event('open'));
  }

  says(message: unknown): void {
    this.onmessage?.call(
      this as unknown as WebSocket,
      new MessageEvent('message', { data: JSON.stringify(message) }),
    );
  }

  ends(code = 1006, reason = ''): void {
    this.onclose?.call(this as unknown as WebSocket, new CloseEvent('close', { code, reason }));
  }
}

export interface FakeServer extends ConnectionPorts {
  readonly sockets: readonly FakeSocket[];
  readonly last: FakeSocket;
  isReachable: boolean;
  probes: number;
  time: number;
}

export function fakeServer(): FakeServer {
  const sockets: FakeSocket[] = [];
  const server: FakeServer = {
    sockets,
    get last() {
      const socket = sockets.at(-1);
      if (!socket) throw new Error('Nobody has connected yet.');
      return socket;
    },
    isReachable: true,
    probes: 0,
    time: 0,
    connect: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    probe: async () => {
      server.probes += 1;
      if (!server.isReachable) throw new Error('no answer');
    },
    monotonic: () => server.time,
    random: () => 0,
  };
  return server;
}

export const at = (ms: number): EpochMs => ms as EpochMs;

export function campaignView(change: Partial<CampaignView> = {}): CampaignView {
  return {
    campaignId: 'c1' as CampaignView['campaignId'],
    name: 'Spring',
    state: 'running',
    dialMode: 'predictive',
    effectiveMode: 'predictive',
    fallback: null,
    why: {
      kind: 'decided',
      lines: 2,
      idleAgents: 1,
      ringing: 2,
      waiting: 0,
      fallback: null,
      risk: 0.012,
      riskMax: 0.0285,
    },
    ringing: 2,
    waiting: 0,
    talking: 1,
    today: { attempts: 100, humanAnswers: 30, abandoned: 0, connected: 30, refused: 5 },
    abandonRateMax: 0.03,
    abandonRateTarget: 0.0285,
    ...change,
  };
}

export function callView(id: string, change: Partial<CallView> = {}): CallView {
  return {
    callId: id as CallView['callId'],
    campaignId: 'c1' as CallView['campaignId'],
    leadId: null,
    phone: '+1305*****14',
    state: 'ringing',
    since: at(0),
    agentId: null,
    ...change,
  };
}

export function poolView(change: Partial<PoolView> = {}): PoolView {
  return {
    poolId: 'p1' as PoolView['poolId'],
    at: at(1000),
    health: { switch: 'up', database: 'up', notDialling: null },
    agents: [],
    campaigns: [campaignView()],
    calls: [],
    lastCalls: [],
    ...change,
  };
}
