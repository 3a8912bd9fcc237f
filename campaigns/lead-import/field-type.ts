/** What a field of the organization's own holds. */
export const FIELD_TYPES = ['text', 'number', 'date', 'yes-no'] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

/** Which number of 03/04/2026 is the day. */
export type DateOrder = 'day-month' | 'month-day';

const PLAIN_NUMBER = /^[+-]?\d{1,15}(?:\.\d{1,15})?$/;
/** At least two marks or a decimal place beside them: 1,234 alone may be one and a quarter or a thousand. */
const GROUPED_BY_COMMA = /^[+-]?\d{1,3}(?:(?:,\d{3})+\.\d+|(?:,\d{3}){2,})$/;
const GROUPED_BY_POINT = /^[+-]?\d{1,3}(?:(?:\.\d{3})+,\d+|(?:\.\d{3}){2,})$/;
const DECIMAL_COMMA = /^[+-]?\d{1,15},(?:\d{1,2}|\d{4,15})$/;
/** Digits that stand for themselves, as in postcodes and account numbers. */
const LEADING_ZERO = /^[+-]?0\d/;

const YEAR_FIRST = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$|^(\d{4})年(\d{1,2})月(\d{1,2})日$/;
const YEAR_LAST = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})$/;

const YES = new Set(['yes', 'y', 'true', 'ja', 'si', 'sí', 'oui', '是', '有', '对']);
const NO = new Set(['no', 'n', 'false', 'nein', 'non', '否', '无', '不']);

/** The countries that write the month first. */
const MONTH_FIRST = ['US', 'PH', 'FM', 'MH', 'PW', 'GU', 'PR'];

/** The value as it is stored and compared: 1234.5, 2026-12-01, yes; null for one that is not of the type. */
export function fieldValue(type: FieldType, cell: string, order: DateOrder): string | null {
  switch (type) {
    case 'text':
      return cell;
    case 'number':
      return numberOf(cell);
    case 'date':
      return dateOf(cell, order);
    case 'yes-no':
      return yesOrNo(cell);
  }
}

/** The type that all filled cells of a sample have; text when they have none in common. */
export function guessFieldType(cells: readonly string[], order: DateOrder): FieldType {
  const filled = cells.filter((cell) => cell !== '');
  if (filled.length === 0) return 'text';
  const type = (['yes-no', 'number', 'date'] as const).find((candidate) =>
    filled.every((cell) => fieldValue(candidate, cell, order) !== null),
  );
  return type ?? 'text';
}

/** By a day after the twelfth where there is one, else by the habit of the country. */
export function guessDateOrder(cells: readonly string[], country: string): DateOrder {
  let order: DateOrder = MONTH_FIRST.includes(country) ? 'month-day' : 'day-month';
  for (const cell of cells) {
    const [, first, , second] = YEAR_LAST.exec(cell) ?? [];
    if (Number(first) > 12) return 'day-month';
    if (Number(second) > 12) order = 'month-day';
  }
  return order;
}

function numberOf(cell: string): string | null {
  if (LEADING_ZERO.test(cell)) return null;
  if (PLAIN_NUMBER.test(cell)) return unsigned(cell);
  if (GROUPED_BY_COMMA.test(cell)) return unsigned(cell.replaceAll(',', ''));
  if (GROUPED_BY_POINT.test(cell)) return unsigned(cell.replaceAll('.', '').replace(',', '.'));
  return DECIMAL_COMMA.test(cell) ? unsigned(cell.replace(',', '.')) : null;
}

const unsigned = (number: string): string => (number.startsWith('+') ? number.slice(1) : number);

function dateOf(cell: string, order: DateOrder): string | null {
  const first = YEAR_FIRST.exec(cell);
  if (first) return isoDate(first[1] ?? first[4], first[2] ?? first[5], first[3] ?? first[6]);
  const last = YEAR_LAST.exec(cell);
  if (!last) return null;
  const [, one, mark, two, year] = last;
  // With points the day stands first wherever they are used.
  return mark === '.' || order === 'day-month' ? isoDate(year, two, one) : isoDate(year, one, two);
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Null where the calendar has no such day. */
function isoDate(year = '', month = '', day = ''): string | null {
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  const isLeapDay = m === 2 && d === 29 && ((y % 4 === 0 && y % 100 !== 0) || y % 400 === 0);
  if (d < 1 || (d > (DAYS[m - 1] ?? 0) && !isLeapDay)) return null;
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

function yesOrNo(cell: string): string | null {
  const word = cell.toLowerCase();
  if (YES.has(word)) return 'yes';
  return NO.has(word) ? 'no' : null;
}
