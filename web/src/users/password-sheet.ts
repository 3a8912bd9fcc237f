import { BYTE_ORDER_MARK, csvLine } from '../../../kernel/csv.ts';
import type { ImportedUser } from '../../../server/api.ts';

const COLUMNS = ['name', 'email', 'role', 'team', 'pool', 'extension', 'oneTimePassword'] as const;

/** What the admin hands out, as a file that Excel opens with the right letters. */
export function passwordSheet(people: readonly ImportedUser[], header: readonly string[]): string {
  const lines = [header, ...people.map((person) => COLUMNS.map((column) => person[column]))];
  return BYTE_ORDER_MARK + lines.map(csvLine).join('');
}
