/**
 * Something that the person who started us can mend. Its message is one clear sentence (what is wrong, where, what to do); it
 * is printed without a stack trace, and the process ends with `exitCode` (contract of commands: 2 = wrong usage).
 */
export class OperatorError extends Error {
  readonly exitCode: 1 | 2;

  constructor(message: string, options: { readonly exitCode?: 1 | 2; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'OperatorError';
    this.exitCode = options.exitCode ?? 1;
  }
}
