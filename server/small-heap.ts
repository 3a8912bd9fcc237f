/** V8 takes them at its start only. What an import holds at any time is a quarter of it. */
const FLAGS = ['--max-semi-space-size=8', '--max-old-space-size=160'];

/**
 * Begins this process anew, with the same arguments, in a heap of bounded size: where the machine has memory to spare, V8 lets garbage
 * grow to several times what is alive. Does nothing where it has been done, or cannot be.
 */
export function beginWithSmallHeap(): void {
  const isBounded = process.execArgv.some((flag) => flag.startsWith('--max-old-space-size'));
  const isBoundedFromOutside = process.env['NODE_OPTIONS']?.includes('--max-old-space-size') === true;
  if (isBounded || isBoundedFromOutside || process.execve === undefined) return;
  process.execve(process.execPath, [
    process.execPath,
    ...FLAGS,
    ...process.execArgv,
    ...process.argv.slice(1),
  ]);
}
