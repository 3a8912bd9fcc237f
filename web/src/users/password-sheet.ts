import type { ImportedUser } from '../../../server/api.ts';

const COLUMNS = ['name', 'email', 'role', 'team', 'pool', 'extension', 'oneTimePassword'] as const;
const FORMULA = /^[=+\-@\t\r]/;

/** A cell of a CSV file (RFC 4180) that no spreadsheet takes for a formula. */
function cell(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** What the admin hands out, as a file that Excel opens with the right letters. */
export function passwordSheet(people: readonly ImportedUser[], header: readonly string[]): string {
  const lines = [header, ...people.map((person) => COLUMNS.map((column) => person[column]))];
  return `\ufeff${lines.map((line) => line.map(cell).join(',')).join('\r\n')}\r\n`;
}
