export const RANGES = ['today', 'yesterday', 'week', 'month', 'own'] as const;
export type RangeName = (typeof RANGES)[number];

/** Calendar days as yyyy-mm-dd; both belong to it. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** The calendar day of a zone at a moment. */
export function dayIn(timeZone: string | undefined, at: number): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    ...(timeZone ? { timeZone } : {}),
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(at);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

const DAY_MS = 86_400_000;

const shift = (day: string, by: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + by * DAY_MS).toISOString().slice(0, 10);

/** Days of a range as seen from today; seven days end today, the month is the calendar's. */
export function daysOf(range: RangeName, today: string, own: Days): Days {
  switch (range) {
    case 'today':
      return { from: today, to: today };
    case 'yesterday':
      return { from: shift(today, -1), to: shift(today, -1) };
    case 'week':
      return { from: shift(today, -6), to: today };
    case 'month':
      return { from: `${today.slice(0, 8)}01`, to: today };
    case 'own':
      return own;
    default:
      return range satisfies never;
  }
}
