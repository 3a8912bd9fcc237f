/** Makes spreadsheets read the file as UTF-8. */
export const BYTE_ORDER_MARK = '\ufeff';

export const csvLine = (cells: readonly (string | number | null)[]): string =>
  `${cells.map((cell) => csvCell(cell === null ? '' : String(cell))).join(',')}\r\n`;

const BEGINS_LIKE_A_FORMULA = /^[=+\-@\t\r]/;
/** E.164, and plain numbers: spreadsheets take them for what they are. */
const IS_HARMLESS = /^(?:\+[1-9]\d{6,14}|-?\d+(?:\.\d+)?)$/;

/**
 * Quoted where it must be (RFC 4180), and kept from being run as a formula by the spreadsheet that opens it (CWE-1236) by an apostrophe,
 * which spreadsheets do not show. Telephone numbers stay as they are.
 */
export function csvCell(cell: string): string {
  const isFormula = BEGINS_LIKE_A_FORMULA.test(cell) && !IS_HARMLESS.test(cell);
  const text = isFormula ? `'${cell}` : cell;
  return /[",\r\n\t']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
