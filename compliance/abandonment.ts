import { after, days, elapsed, milliseconds, type EpochMs } from '../kernel/time.ts';
import { localDay, startOfLocalDay } from './local-time.ts';

/** One call that a person answered (or that is not proven to have been answered by a machine), by the switch's times. */
export interface HumanAnswer {
  readonly answeredAt: EpochMs;
  /** End of the person's greeting; null without audio detection: then the clock starts at the answer. */
  readonly greetingEndedAt: EpochMs | null;
  /** An agent was on the line; null = never. */
  readonly agentAt: EpochMs | null;
  readonly endedAt: EpochMs;
}

export interface AbandonmentRule {
  /** 16 CFR 310.4(b)(4)(iii), 47 CFR 64.1200(a)(7): two seconds. */
  readonly legalMs: number;
  /** Whether a person who leaves before the legal moment counts as abandoned. By default he does. */
  readonly isEarlyHangUpAbandoned: boolean;
}

export interface AnswerJudgement {
  readonly isAbandoned: boolean;
  /** The person left before the legal moment with nobody there. */
  readonly isEarlyHangUp: boolean;
}

/**
 * Was the person left alone? Equality is in time; a played message and an agent who comes later change nothing: 16 CFR 310.4(b)(1)(iv).
 * Both facts go into the ledger with the call's ending.
 */
export function judgeAnswer(answer: HumanAnswer, rule: AbandonmentRule): AnswerJudgement {
  const clockStart = answer.greetingEndedAt ?? answer.answeredAt;
  const legalMoment = after(clockStart, milliseconds(rule.legalMs));
  if (answer.agentAt !== null && answer.agentAt <= legalMoment)
    return { isAbandoned: false, isEarlyHangUp: false };
  const isEarlyHangUp = answer.agentAt === null && answer.endedAt < legalMoment;
  return { isAbandoned: isEarlyHangUp ? rule.isEarlyHangUpAbandoned : true, isEarlyHangUp };
}

/** Counts of one legal window of a campaign. */
export interface AbandonmentCounts {
  readonly answered: number;
  readonly abandoned: number;
}

/** Abandoned ÷ human answers; 0 when there are none. */
export function abandonmentRate({ answered, abandoned }: AbandonmentCounts): number {
  return answered === 0 ? 0 : abandoned / answered;
}

/** Small enough to be legal in any period that has seen calls, large enough that the first person does not end overdialling. */
const FREE_CALLS = 2;

/** How many more calls may be abandoned now: `abandoned ≤ limit × answered + 2`. Below 1: dial progressively. */
export function abandonmentHeadroom(counts: AbandonmentCounts, rateMax: number): number {
  return rateMax * counts.answered + FREE_CALLS - counts.abandoned;
}

const PERIOD_DAYS = 30;

/** A span of calendar days of the campaign's zone; both days belong to it. */
export interface LedgerPeriod {
  readonly firstDay: string;
  readonly lastDay: string;
}

/**
 * The fixed 30-day period (47 CFR 64.1200(a)(7), 16 CFR 310.4(b)(4)(i)) that `now` is in, counted from the local day on which the
 * campaign first started.
 */
export function fixedPeriodOf(startedAt: EpochMs, zone: string, now: EpochMs): LedgerPeriod {
  const startDay = localDay(zone, startedAt);
  const passed = dayNumber(localDay(zone, now)) - dayNumber(startDay);
  const first = dayNumber(startDay) + Math.max(0, Math.floor(passed / PERIOD_DAYS)) * PERIOD_DAYS;
  return { firstDay: dayText(first), lastDay: dayText(first + PERIOD_DAYS - 1) };
}

/** The local day of a campaign that `now` is in, as a calendar day and as instants [from, to). */
export function localDayOf(zone: string, now: EpochMs): { day: string; from: EpochMs; to: EpochMs } {
  const day = localDay(zone, now);
  return { day, from: startOfLocalDay(zone, day), to: startOfLocalDay(zone, dayText(dayNumber(day) + 1)) };
}

const dayNumber = (day: string): number =>
  elapsed(0 as EpochMs, Date.parse(`${day}T00:00:00Z`) as EpochMs) / days(1);
const dayText = (number: number): string => new Date(number * days(1)).toISOString().slice(0, 10);
