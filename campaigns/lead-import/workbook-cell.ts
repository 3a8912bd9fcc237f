/** A cell as it comes out of a workbook; numbers as they stand in its XML, with all their digits. */
export type WorkbookCell = string | boolean | Date | null;

/** Digits that Excel keeps of a number. */
const DIGITS_MAX = 15;

/** What the user saw in a cell, as far as its value tells: 13055550100 and not 1.30555501E10, 2026-12-01 and not 46357. */
export function cellText(cell: WorkbookCell, isNumber: boolean): string {
  if (cell === null) return '';
  if (typeof cell === 'boolean') return cell ? 'TRUE' : 'FALSE';
  if (cell instanceof Date) return dateText(cell);
  return isNumber ? numberText(cell) : cell.trim();
}

function numberText(digits: string): string {
  const value = Number(digits);
  if (digits === '' || !Number.isFinite(value)) return digits;
  if (Number.isInteger(value)) return Math.abs(value) < 1e21 ? BigInt(value).toString() : digits;
  // 0.1 + 0.2 is stored as 0.30000000000000004 and shown as 0.3.
  return String(Number(value.toPrecision(DIGITS_MAX)));
}

/** Dates of a workbook have no zone: they are read as UTC and said so. */
function dateText(date: Date): string {
  if (Number.isNaN(date.getTime())) return '';
  const rounded = new Date(Math.round(date.getTime() / 1000) * 1000);
  const [day = '', time = ''] = rounded.toISOString().split('T');
  if (day === '1899-12-30' || day === '1899-12-31') return time.slice(0, 5);
  return time.startsWith('00:00:00') ? day : `${day} ${time.slice(0, 8).replace(/:00$/, '')}`;
}
