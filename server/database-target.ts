import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import pg from 'pg';
import type { ConnectionLost } from '../kernel/database-error.ts';
import { OperatorError } from './operator-error.ts';

/** What every connection of the product acts as: no superuser, no BYPASSRLS, owner of nothing. */
export const APP_ROLE = 'ringline_app';

/** Reads the URL as `pg` does, so that migrations, jobs and we go to the same place in the same way. */
export function readUrl(url: string): pg.Client {
  return new pg.Client({ connectionString: url });
}

/** Opens the socket of a connection, once: a second call means that the library wants to reconnect. */
export function oneSocket(target: pg.Client, timeoutMs: number, onClose: () => void): () => Promise<Socket> {
  let isUsed = false;
  return async () => {
    if (isUsed) throw new Error('the connection has ended');
    isUsed = true;
    const socket = target.host.startsWith('/')
      ? connect({ path: `${target.host}/.s.PGSQL.${target.port}` })
      : connect({ host: target.host, port: target.port });
    socket.on('error', () => undefined);
    socket.on('close', onClose);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
    try {
      await once(socket, 'connect', { signal: AbortSignal.timeout(timeoutMs) });
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return socket;
  };
}

/** What an operator can do about a first connection that failed, by SQLSTATE or system error. */
export function explainFirstFailure(url: string, error: ConnectionLost): OperatorError {
  const { host, port, user, database } = readUrl(url);
  const code = (error.cause as { code?: unknown } | undefined)?.code;
  const sentences: Record<string, string> = {
    '28P01': `PostgreSQL at ${host}:${port} refuses the password of user ${user ?? ''}: correct DATABASE_URL.`,
    '28000': `PostgreSQL at ${host}:${port} refuses user ${user ?? ''}: correct DATABASE_URL or pg_hba.conf.`,
    '3D000': `PostgreSQL at ${host}:${port} has no database ${database ?? ''}: create it or correct DATABASE_URL.`,
    '22023': `The database ${database ?? ''} at ${host}:${port} has no role ${APP_ROLE} yet: run "npm run -s ringline -- migrate".`,
    '42501': `User ${user ?? ''} may not act as ${APP_ROLE}: run "grant ${APP_ROLE} to ${user ?? ''}" at ${host}:${port}.`,
  };
  const sentence =
    sentences[String(code)] ??
    `PostgreSQL at ${host}:${port} cannot be reached (${error.cause instanceof Error ? error.cause.message : error.message}): start it or correct DATABASE_URL.`;
  return new OperatorError(sentence, { cause: error });
}
