import type { WebSocket } from 'ws';
import type { MonotonicMs } from '../kernel/time.ts';

/** The server's end of a WebSocket, as far as we use it. */
export type LiveSocket = Pick<
  WebSocket,
  'send' | 'close' | 'terminate' | 'ping' | 'on' | 'once' | 'bufferedAmount' | 'readyState' | 'OPEN'
>;

/**
 * Pings a socket and ends it when two pings in a row had no answer. Browsers answer pings by themselves, also in a tab whose
 * timers sleep. Returns when the other side was heard last, by the given clock.
 */
export function keepAlive(
  socket: LiveSocket,
  { pingMs, monotonic }: { pingMs: number; monotonic: () => MonotonicMs },
): { heardAt: () => MonotonicMs } {
  let heardAt = monotonic();
  let unanswered = 0;
  const hear = (): void => {
    heardAt = monotonic();
    unanswered = 0;
  };
  socket.on('pong', hear);
  socket.on('message', hear);
  const timer = setInterval(() => {
    if (unanswered >= 2) {
      socket.terminate();
      return;
    }
    unanswered += 1;
    socket.ping();
  }, pingMs);
  socket.once('close', () => clearInterval(timer));
  return { heardAt: () => heardAt };
}
