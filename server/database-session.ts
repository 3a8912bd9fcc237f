import type { SqlValue } from '../kernel/database.ts';
import { ConnectionLost } from '../kernel/database-error.ts';

/**
 * One connection, used by one caller at a time, for one life: it never reconnects, so that nothing which was meant for a
 * transaction can run outside of it. Every promise settles: with the answer, with the loss of the connection, or at its deadline
 * (which destroys the connection).
 */
export interface Session {
  /** Set from the moment at which the connection is known to be gone. */
  readonly lost: ConnectionLost | null;
  run(text: TemplateStringsArray, values: readonly SqlValue[]): Promise<readonly object[]>;
  /** A statement without parameters and rows; resolves to its command tag (`BEGIN`, `COMMIT`, `ROLLBACK`, …). */
  command(text: string): Promise<string>;
  /** Streams the chunks into `copy … from stdin`. */
  copyIn(statement: string, chunks: AsyncIterable<string | Uint8Array>): Promise<void>;
  /** Calls back once, at once when it is lost already. Returns how to take the callback back. */
  onLost(callback: (why: ConnectionLost) => void): () => void;
  destroy(): void;
}

/** Promises that a dying connection must not leave open. */
export class OpenPromises {
  private readonly rejects = new Set<(why: ConnectionLost) => void>();
  private readonly callbacks = new Set<(why: ConnectionLost) => void>();
  private why: ConnectionLost | null = null;

  get lost(): ConnectionLost | null {
    return this.why;
  }

  /** Marks the connection as gone, once; everybody who waits is told before anything else runs. */
  loseAll(why: ConnectionLost): void {
    if (this.why !== null) return;
    this.why = why;
    for (const reject of this.rejects) reject(why);
    for (const callback of this.callbacks) callback(why);
    this.rejects.clear();
    this.callbacks.clear();
  }

  onLost(callback: (why: ConnectionLost) => void): () => void {
    if (this.why === null) this.callbacks.add(callback);
    else callback(this.why);
    return () => this.callbacks.delete(callback);
  }

  /** Runs `work`, but settles no later than the connection's end or the deadline. `late` must end the connection. */
  async settle<T>(work: () => PromiseLike<T>, deadlineMs: number, late: () => void): Promise<T> {
    if (this.why !== null) throw neverSent(this.why);
    return await new Promise<T>((resolve, reject) => {
      const timer = setTimeout(late, deadlineMs);
      this.rejects.add(reject);
      const done = (): void => {
        clearTimeout(timer);
        this.rejects.delete(reject);
      };
      work().then(
        (value) => {
          done();
          resolve(value);
        },
        (error: unknown) => {
          done();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }
}

/** For a statement that came after the end: it did not happen. */
export function neverSent(why: ConnectionLost): ConnectionLost {
  return new ConnectionLost(why.message, { mayHaveHappened: false, cause: why.cause });
}
