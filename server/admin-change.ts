/** Names of fields that no record may hold, whatever their value. */
const SECRET = /password|secret|token|hash|csrf|key$|^codes?$/i;

export type Fields = Readonly<Record<string, unknown>>;

export interface Difference {
  readonly before: Fields;
  readonly after: Fields;
}

/** The fields that differ, on both sides, without those that are secret; null when nothing differs. */
export function differenceOf(before: Fields, after: Fields): Difference | null {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !SECRET.test(name) && JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  if (names.length === 0) return null;
  return { before: pick(before, names), after: pick(after, names) };
}

/** What is left of a new thing when its secrets are left out. */
export function withoutSecrets(fields: Fields): Fields {
  return pick(
    fields,
    Object.keys(fields).filter((name) => !SECRET.test(name)),
  );
}

const pick = (fields: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(names.filter((name) => name in fields).map((name) => [name, fields[name]]));
