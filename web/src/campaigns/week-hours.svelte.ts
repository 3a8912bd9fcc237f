import type { Campaign } from '../../../server/api.ts';

type WeekHours = NonNullable<Campaign['dailyHours']>;

export interface RangeDraft {
  /** hh:mm; an end of 00:00 is midnight. */
  from: string;
  to: string;
}

const DAY_MINUTES = 1440;
const OFFICE: RangeDraft = { from: '09:00', to: '18:00' };
export const RANGES_MAX = 4;

/** The hours of a week while somebody types them. */
export class WeekHoursDraft {
  /** False: whenever the law allows it. */
  #isLimited = $state(false);
  readonly days: RangeDraft[][] = $state(Array.from({ length: 7 }, () => []));

  constructor(week: WeekHours | null) {
    this.#isLimited = week !== null;
    for (const [day, ranges] of (week ?? []).entries()) {
      this.days[day] = ranges.map(({ fromMinute, toMinute }) => ({
        from: clock(fromMinute),
        to: clock(toMinute),
      }));
    }
  }

  get isLimited(): boolean {
    return this.#isLimited;
  }

  set isLimited(isLimited: boolean) {
    this.#isLimited = isLimited;
    if (isLimited && this.days.every((ranges) => ranges.length === 0)) {
      for (let day = 0; day < 5; day += 1) this.days[day] = [{ ...OFFICE }];
    }
  }

  add(day: number): void {
    const last = this.days[day]?.at(-1);
    this.days[day]?.push(last ? { from: last.to, to: '' } : { ...OFFICE });
  }

  remove(day: number, range: number): void {
    this.days[day]?.splice(range, 1);
  }

  /** All working days as Monday is. */
  copyMonday(): void {
    for (let day = 1; day < 5; day += 1) this.days[day] = (this.days[0] ?? []).map((range) => ({ ...range }));
  }

  /** The first day whose times cannot be; null = none. */
  get wrongDay(): number | null {
    if (!this.#isLimited) return null;
    const wrong = this.days.findIndex((ranges) =>
      ranges.some(({ from, to }) => minutes(from) === null || endMinutes(to) === null || span(from, to) <= 0),
    );
    return wrong === -1 ? null : wrong;
  }

  get value(): WeekHours | null {
    if (!this.#isLimited) return null;
    return this.days.map((ranges) =>
      ranges.map(({ from, to }) => ({ fromMinute: minutes(from) ?? 0, toMinute: endMinutes(to) ?? 0 })),
    );
  }
}

const span = (from: string, to: string): number => (endMinutes(to) ?? 0) - (minutes(from) ?? 0);

function clock(minute: number): string {
  const of = minute % DAY_MINUTES;
  return `${String(Math.floor(of / 60)).padStart(2, '0')}:${String(of % 60).padStart(2, '0')}`;
}

function minutes(text: string): number | null {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  return match ? Number(match[1]) * 60 + Number(match[2]) : null;
}

function endMinutes(text: string): number | null {
  const minute = minutes(text);
  return minute === 0 ? DAY_MINUTES : minute;
}
