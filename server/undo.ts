/** What ends with something that was started, in the reverse order of its beginning. */
export type Undo = (() => Promise<void> | void)[];

/** Ends all of it: what fails to end keeps nothing else from ending, and the first failure is said afterwards. */
export async function undoAll(undo: Undo): Promise<void> {
  const failures: unknown[] = [];
  for (let next = undo.pop(); next; next = undo.pop()) {
    try {
      await next();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
