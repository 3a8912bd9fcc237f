/**
 * The database refused a statement, which therefore changed nothing. `code` is the SQLSTATE (23505 = unique violation, 40001 and
 * 40P01 = try again, 57014 = took too long); the message carries no values of rows.
 */
export class SqlError extends Error {
  readonly code: string;
  /** Name of the violated constraint or unique index. */
  readonly constraint: string | null;

  constructor(message: string, options: { code: string; constraint: string | null; cause: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'SqlError';
    this.code = options.code;
    this.constraint = options.constraint;
  }
}

/** The connection died, could not be made, or answered too late: the database is out of reach for this statement. */
export class ConnectionLost extends Error {
  /**
   * Whether a write may have been stored although its answer never came. False: it surely did not happen (it was never sent, or
   * its transaction never came to its commit).
   */
  readonly mayHaveHappened: boolean;

  constructor(message: string, options: { mayHaveHappened: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'ConnectionLost';
    this.mayHaveHappened = options.mayHaveHappened;
  }
}

/**
 * Whether the same may succeed in a moment: the database is away, has chosen us in a deadlock, was too slow, or is out of connections,
 * memory or disk.
 */
export function mayPass(error: unknown): boolean {
  if (error instanceof ConnectionLost) return true;
  if (!(error instanceof SqlError)) return false;
  return ['40001', '40P01', '57014'].includes(error.code) || error.code.startsWith('53');
}
