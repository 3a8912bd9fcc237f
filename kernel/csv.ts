/** Makes spreadsheets read the file as UTF-8. */
export const BYTE_ORDER_MARK = '\ufeff';

export const csvLine = (cells: readonly (string | number | null)[]): string =>
  `${cells.map((cell) => csvCell(cell === null ? '' : String(cell))).join(',')}\r\n`;

/**
 * Where a spreadsheet could begin a cell: at our own beginnings, and behind what separates columns and rows for one that separates by
 * semicolons, as it does in most of Europe: it opens our quotation marks in the middle of its cells, where they mean nothing.
 */
const OUR_BEGINNING = /^( *)(?=([\t\r=+\-@＝＋－＠][^;\t\r\n]*))/u;
const OTHER_BEGINNINGS = /([;\t\r\n]\s*)(?=([=+\-@＝＋－＠][^;\t\r\n]*))/gu;
/** Telephone numbers and plain numbers: spreadsheets take them for what they are. */
const IS_HARMLESS = /^(?:\+(?:[ ().-]*\d){7,15}|-?\d+(?:\.\d+)?)\s*$/;

/**
 * Quoted where it must be (RFC 4180), and kept from being run as a formula by the spreadsheet that opens it (CWE-1236) by an apostrophe,
 * which spreadsheets do not show. Telephone numbers stay as they are.
 */
export function csvCell(cell: string): string {
  const text = cell.replace(OTHER_BEGINNINGS, asText).replace(OUR_BEGINNING, asText);
  return /[",;\r\n\t']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const asText = (_: string, before: string, formula: string): string =>
  IS_HARMLESS.test(formula) ? before : `${before}'`;
