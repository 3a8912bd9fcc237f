import { fixedPeriodOf } from '../../compliance/abandonment.ts';
import { localDay, startOfLocalDay } from '../../compliance/local-time.ts';
import { days, hours, type EpochMs } from '../../kernel/time.ts';
import type { Scenario } from '../scenario.schema.ts';

type WindowName = Scenario['windows'][number];

export interface WorstOfWindow {
  readonly rate: number;
  readonly abandoned: number;
  readonly humanAnswers: number;
}

/** Abandoned calls that are legal in any period that has seen calls (design, section 5). */
const FREE_CALLS = 2;

interface Answer {
  readonly at: EpochMs;
  readonly isAbandoned: boolean;
}

/** The people who answered, in the legal windows that a scenario looks at. */
export class AnswerWindows {
  readonly worst = new Map<WindowName, WorstOfWindow>();
  /** Largest `abandoned − limit × human answers` of any local day, at any moment. */
  dayExcessMax = 0;
  /** Moments at which one more abandoned call broke the limit of the day or of the fixed period. */
  breaches = 0;
  readonly #names: readonly WindowName[];
  readonly #rateMax: number;
  readonly #zone: string;
  readonly #startedAt: EpochMs;
  readonly #answers: Answer[] = [];
  #day = { key: '', humanAnswers: 0, abandoned: 0 };
  #period = { key: '', humanAnswers: 0, abandoned: 0 };

  constructor(options: { names: readonly WindowName[]; rateMax: number; zone: string; startedAt: EpochMs }) {
    this.#names = options.names;
    this.#rateMax = options.rateMax;
    this.#zone = options.zone;
    this.#startedAt = options.startedAt;
  }

  count(at: EpochMs, isAbandoned: boolean): void {
    this.#answers.push({ at, isAbandoned });
    const dayKey = localDay(this.#zone, at);
    if (this.#day.key !== dayKey) {
      this.#day = { key: dayKey, humanAnswers: 0, abandoned: 0 };
      const periodKey = fixedPeriodOf(this.#startedAt, this.#zone, at).firstDay;
      if (this.#period.key !== periodKey) this.#period = { key: periodKey, humanAnswers: 0, abandoned: 0 };
    }
    let isBroken = false;
    for (const window of [this.#day, this.#period]) {
      window.humanAnswers += 1;
      if (isAbandoned) window.abandoned += 1;
      isBroken ||= window.abandoned - this.#rateMax * window.humanAnswers > FREE_CALLS;
    }
    this.dayExcessMax = Math.max(
      this.dayExcessMax,
      this.#day.abandoned - this.#rateMax * this.#day.humanAnswers,
    );
    if (isBroken && isAbandoned) this.breaches += 1;
  }

  /** Judges every window as it stands at the end of an hour. */
  hourEnds(now: EpochMs): void {
    for (const name of this.#names) {
      const from = this.#beginning(name, now);
      // Answers are counted when their calls end: they are nearly in the order of their time, not quite.
      const within = this.#answers.filter(({ at }) => at >= from && at <= now);
      if (within.length === 0) continue;
      const abandoned = within.filter(({ isAbandoned }) => isAbandoned).length;
      const rate = abandoned / within.length;
      if (rate > (this.worst.get(name)?.rate ?? -1))
        this.worst.set(name, { rate, abandoned, humanAnswers: within.length });
    }
  }

  /** The largest number of people abandoned within any five minutes. */
  get abandonedWorst5Minutes(): number {
    const at = this.#answers
      .filter(({ isAbandoned }) => isAbandoned)
      .map((answer) => answer.at)
      .toSorted((a, b) => a - b);
    let [worst, first] = [0, 0];
    for (let last = 0; last < at.length; last += 1) {
      while ((at[last] ?? 0) - (at[first] ?? 0) > 300_000) first += 1;
      worst = Math.max(worst, last - first + 1);
    }
    return worst;
  }

  /** The moment `now` itself belongs to the hour that ends. */
  #beginning(name: WindowName, now: EpochMs): number {
    const last = (now - 1) as EpochMs;
    const zone = this.#zone;
    switch (name) {
      case 'day':
        return startOfLocalDay(zone, localDay(zone, last));
      case '24h':
        return now - hours(24);
      case 'rolling-30d':
        return now - days(30);
      case '30d':
        return startOfLocalDay(zone, fixedPeriodOf(this.#startedAt, zone, last).firstDay);
      case 'month':
        return startOfLocalDay(zone, `${localDay(zone, last).slice(0, 7)}-01`);
    }
  }
}
