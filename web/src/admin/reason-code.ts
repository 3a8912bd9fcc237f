/** A short word for programs and reports, made of what people read; another one where it is taken or nothing is left. */
export function codeFor(label: string, taken: readonly string[]): string {
  const plain = label
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 30);
  const base = plain === '' ? 'reason' : plain;
  for (let i = 1; ; i += 1) {
    const code = i === 1 && plain !== '' ? base : `${base}-${String(i)}`;
    if (!taken.includes(code)) return code;
  }
}
