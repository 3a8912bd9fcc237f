import type { Column } from './column.ts';
import { LEAD_FIELDS, wordOf, type LeadField } from './header-words.ts';
import { ImportFailed } from './import-failed.ts';

/** Columns named by hand. */
export type ColumnMap = ReadonlyMap<string, LeadField>;

/**
 * Reads `Their column=phone,Other column=firstName`.
 * @throws ImportFailed when a part names no field.
 */
export function readColumnMap(text: string): ColumnMap {
  const parts = text.split(',').map((part) => part.trim());
  return new Map(
    parts
      .filter((part) => part !== '')
      .map((part) => {
        const at = part.lastIndexOf('=');
        const field = part.slice(at + 1).trim();
        if (at < 1) throw new ImportFailed({ type: 'bad-map', part });
        if (!isLeadField(field))
          throw new ImportFailed({ type: 'unknown-field', field, fields: LEAD_FIELDS });
        return [part.slice(0, at).trim(), field];
      }),
  );
}

const isLeadField = (word: string): word is LeadField => (LEAD_FIELDS as readonly string[]).includes(word);

/** What is named by hand goes before every guess. */
export function applyMap(columns: readonly Column[], map: ColumnMap): readonly Column[] {
  if (map.size === 0) return columns;
  const names = columns.map(({ name }) => name);
  const chosen = new Map([...map].map(([wanted, field]) => [findColumn(names, wanted), field]));
  const fields = new Set(chosen.values());
  return columns.map((column) => {
    const { name, field } = column;
    const byHand = chosen.get(name);
    if (byHand !== undefined) return byHand === field ? column : { name, field: byHand };
    // What is said by hand takes the place of what was guessed for the same field.
    return field !== 'other' && fields.has(field) ? { name, field: 'other' } : column;
  });
}

function findColumn(names: readonly string[], wanted: string): string {
  const found =
    names.find((name) => name === wanted) ??
    names.find((name) => wordOf(name) !== '' && wordOf(name) === wordOf(wanted));
  if (found === undefined) throw new ImportFailed({ type: 'unknown-column', column: wanted, columns: names });
  return found;
}
