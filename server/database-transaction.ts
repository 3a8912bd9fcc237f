import type { SqlValue, Tx } from '../kernel/database.ts';
import { ConnectionLost } from '../kernel/database-error.ts';
import type { Session } from './database-session.ts';

/** Streams chunks of PostgreSQL's text (or csv) format into `copy … from stdin` inside the transaction. */
export type CopyIn = (statement: string, chunks: AsyncIterable<string | Uint8Array>) => Promise<void>;

/** The statements of one transaction: open until the first failure, the end of the work, or the end of the connection. */
class Statements {
  private readonly session: Session;
  private readonly pending = new Set<Promise<unknown>>();
  private isOpen = true;
  firstFailure: unknown = null;

  constructor(session: Session) {
    this.session = session;
  }

  readonly tx: Tx = Object.assign(
    async <Row extends object>(text: TemplateStringsArray, ...values: SqlValue[]): Promise<readonly Row[]> =>
      (await this.keep(() => this.session.run(text, values))) as readonly Row[],
    { isTransaction: true as const },
  );

  readonly copyIn: CopyIn = (statement, chunks) => this.keep(() => this.session.copyIn(statement, chunks));

  /** Nothing may be added any more; resolves when what was sent has been answered. */
  async close(): Promise<void> {
    this.isOpen = false;
    await Promise.allSettled(this.pending);
  }

  private async keep<T>(start: () => Promise<T>): Promise<T> {
    if (!this.isOpen) throw new Error('Bug: a statement came after the end of its transaction');
    if (this.firstFailure !== null) throw asError(this.firstFailure);
    const running = start();
    this.pending.add(running);
    try {
      return await running;
    } catch (error) {
      this.firstFailure ??= error;
      throw error;
    } finally {
      this.pending.delete(running);
    }
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** Without a commit nothing of the transaction can have been stored, whatever became of the connection. */
function withoutCommit(error: unknown): Error {
  if (!(error instanceof ConnectionLost)) return asError(error);
  return new ConnectionLost(error.message, { mayHaveHappened: false, cause: error.cause });
}

/** Lets the work go on until it ends or the connection does. */
async function workOrLoss<T>(session: Session, work: () => Promise<T>): Promise<T> {
  let forget = (): void => undefined;
  const loss = new Promise<never>((_, reject) => (forget = session.onLost(reject)));
  try {
    return await Promise.race([work(), loss]);
  } finally {
    forget();
  }
}

/**
 * Runs `work` between begin and commit. Any failed statement rolls back, also one that the work swallowed. When the connection
 * dies the transaction rejects at once; what the work still tries is refused.
 */
export async function runTransaction<T>(
  session: Session,
  work: (tx: Tx, copyIn: CopyIn) => Promise<T>,
): Promise<T> {
  const statements = new Statements(session);
  let result: T;
  try {
    await session.command('begin');
    result = await workOrLoss(session, () => work(statements.tx, statements.copyIn));
    await statements.close();
    if (statements.firstFailure !== null) throw asError(statements.firstFailure);
  } catch (error) {
    await statements.close();
    await session.command('rollback').catch(() => session.destroy());
    throw withoutCommit(error);
  }
  const tag = await session.command('commit');
  if (tag !== 'COMMIT') throw new Error(`Bug: the transaction ended with ${tag}`);
  return result;
}
