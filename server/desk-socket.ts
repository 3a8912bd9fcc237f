import type { AgentId } from '../kernel/ids.ts';
import type { Clock } from '../kernel/time.ts';
import { deskClientMessageSchema } from './api/agent-desk.schema.ts';
import { SOCKET_CLOSE } from './api/live-message.ts';
import { TRY_AGAIN_LATER, type DeskHub } from './desk-hub.ts';
import { keepAlive, type LiveSocket } from './live-socket.ts';
import type { RemoteAddress } from './pool-connection.ts';
import { internalSocketUrl } from './remote-pool-owner.ts';

/** RFC 6455 7.4.1: data that does not fit. */
const UNSUPPORTED = 1003;

export interface DeskSocketOptions {
  readonly agentId: AgentId;
  readonly screenId: string | null;
  readonly clock: Clock;
  readonly pingMs: number;
}

/** Seats an agent's page at the hub of his pool, in the process that owns it. */
export function seatSocket(socket: LiveSocket, hub: DeskHub, options: DeskSocketOptions): void {
  const { agentId, screenId, clock, pingMs } = options;
  const alive = keepAlive(socket, { pingMs, monotonic: () => clock.monotonic() });
  const seat = hub.attach(agentId, {
    screenId,
    openedAt: clock.now(),
    send: (message) => socket.send(JSON.stringify(message)),
    close: (code, reason) => socket.close(code, reason),
    heardAt: alive.heardAt,
  });
  socket.on('message', (data: Buffer) => {
    if (isTakeOver(data.toString('utf8'))) seat.takeOver();
    else socket.close(UNSUPPORTED, 'This message is not known here.');
  });
  socket.once('close', () => seat.detach());
}

function isTakeOver(text: string): boolean {
  try {
    return deskClientMessageSchema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}

/** Passes an agent's page on to the node that owns his pool; its own end is the page's end and the other way round. */
export function passSocketOn(socket: LiveSocket, address: RemoteAddress, path: string): void {
  const owner = new WebSocket(internalSocketUrl(address, path), {
    headers: { authorization: `Bearer ${address.secret}` },
  });
  const waiting: string[] = [];
  owner.addEventListener('open', () => {
    for (const text of waiting.splice(0)) owner.send(text);
  });
  owner.addEventListener('message', (message) => socket.send(message.data as string));
  owner.addEventListener('close', ({ code, reason }) => socket.close(...passedOn(code, reason)));
  owner.addEventListener('error', () =>
    socket.close(TRY_AGAIN_LATER, 'The owner of the pool is out of reach.'),
  );
  socket.on('message', (data: Buffer) => {
    const text = data.toString('utf8');
    if (owner.readyState === owner.OPEN) owner.send(text);
    // A page has one thing to say; what nobody reads yet must not pile up.
    else if (waiting.length === 0) waiting.push(text);
  });
  socket.once('close', () => owner.close());
}

const OURS: readonly number[] = [...Object.values(SOCKET_CLOSE), UNSUPPORTED];

/** Codes of a broken line may not be sent on (RFC 6455 7.4.1). */
function passedOn(code: number, reason: string): [code: number, reason: string] {
  return OURS.includes(code) ? [code, reason] : [TRY_AGAIN_LATER, 'The owner of the pool is out of reach.'];
}
