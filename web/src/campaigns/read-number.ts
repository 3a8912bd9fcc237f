/** A number as people type it, with point or comma; null for anything else. */
export function readNumber(typed: string): number | null {
  const text = typed.trim().replace(',', '.');
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}
