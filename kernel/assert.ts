/** A step of ours that must hold. What the world may break is a value, not an assertion. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Bug: ${message}`);
}

/** The end of a complete switch: the compiler refuses a case that was forgotten. */
export function unreachable(value: never): never {
  throw new Error(`Bug: unhandled case ${JSON.stringify(value)}`);
}
