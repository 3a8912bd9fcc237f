import type { HttpDatabase } from '../http-database.ts';
import type { HttpLog } from '../http-log.ts';
import type { OpenSockets } from './open-sockets.ts';
import type { Sessions } from './sessions.ts';
import { SESSION_CHANNEL } from './session.store.ts';

export interface SessionCheckPorts {
  readonly database: HttpDatabase;
  readonly sessions: Sessions;
  readonly sockets: OpenSockets;
  readonly log: HttpLog;
  readonly everyMs: number;
}

/**
 * Closes the sockets of sessions that ended elsewhere: at once when another node ended them (NOTIFY), and in any case at the next
 * look, which also keeps the session of an open screen alive. While the database is away nobody is put out. Returns the way to stop.
 */
export function checkOpenSockets({
  database,
  sessions,
  sockets,
  log,
  everyMs,
}: SessionCheckPorts): () => void {
  let running: Promise<void> | null = null;
  const checkAll = async (): Promise<void> => {
    for (const key of sockets.sessionKeys()) {
      if ((await sessions.findByKey(key)) === null) sockets.closeSession(key);
    }
  };
  const check = (): void => {
    if (running) return;
    running = checkAll()
      .catch((error: unknown) => log.warn({ err: error }, 'sessions of open sockets not looked up'))
      .finally(() => (running = null));
  };
  const timer = setInterval(check, everyMs);
  timer.unref();
  const checkUser = (): void => check();
  const stopListening = database.listen(SESSION_CHANNEL, checkUser, checkUser);
  return () => {
    clearInterval(timer);
    stopListening();
  };
}
