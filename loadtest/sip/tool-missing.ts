/** A program that npm cannot bring is not on PATH. */
export class ToolMissing extends Error {
  override readonly name = 'ToolMissing';

  constructor(program: string, cause: unknown) {
    super(`"${program}" is not on PATH: install it, or start this where it is.`, { cause });
  }
}
