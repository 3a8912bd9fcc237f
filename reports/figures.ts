import type { Ending } from '../campaigns/ending.ts';
import { elapsed, type EpochMs } from '../kernel/time.ts';

// The one definition of every figure that reports show. What the database counts ahead (migrations/0016_reports.sql) says the same in
// SQL, and a test counts random calls both ways.

/** An ended call as figures see it. */
export interface ReportedCall {
  /** An INVITE was sent. */
  readonly dialledAt: EpochMs | null;
  /** The first 18x. */
  readonly rangAt: EpochMs | null;
  readonly answeredAt: EpochMs | null;
  /** An agent was on the line. */
  readonly bridgedAt: EpochMs | null;
  readonly endedAt: EpochMs;
  readonly ending: Ending;
  /** False once the agent's word says that nobody was there: a machine that nobody had noticed, or silence. */
  readonly isPerson: boolean;
}

/** What a machine answered, and what was cancelled because the number was revoked. */
export const NO_HUMAN_ANSWER: ReadonlySet<Ending> = new Set<Ending>([
  'machine',
  'message-left',
  'fax',
  'sit',
  'screening',
  'revoked',
]);

/** Attempt: an INVITE was sent and the end is not a carrier failure. */
export const isAttempt = ({ dialledAt, ending }: ReportedCall): boolean =>
  dialledAt !== null && ending !== 'carrier-failure';

/** Answered by whomever or whatever: the numerator of ASR. */
export const isAnswered = (call: ReportedCall): boolean => isAttempt(call) && call.answeredAt !== null;

/** Connected: a human answer connected to an agent, also when his phone was lost later. The contacts of all rates. */
export const isConnected = ({ answeredAt, bridgedAt, ending, isPerson }: ReportedCall): boolean =>
  answeredAt !== null && bridgedAt !== null && !NO_HUMAN_ANSWER.has(ending) && isPerson;

const SHORT_CALL_MS = 6000;

/** Short call: answered and ended within 6 s. */
export const isShortCall = (call: ReportedCall): boolean =>
  isAnswered(call) && answeredMs(call) <= SHORT_CALL_MS;

/** From the answer to the end; 0 when nobody answered. */
export const answeredMs = ({ answeredAt, endedAt }: ReportedCall): number =>
  answeredAt === null ? 0 : elapsed(answeredAt, endedAt);

/** Post-dial delay: INVITE → first 18x; null when it never rang. */
export const postDialDelayMs = ({ dialledAt, rangAt }: ReportedCall): number | null =>
  dialledAt === null || rangAt === null ? null : elapsed(dialledAt, rangAt);

/** Answer-to-agent: end of greeting (or answer) → agent's audio, ms; null for what is not connected. */
export const answerToAgentMs = (call: ReportedCall): number | null =>
  isConnected(call) && call.answeredAt !== null && call.bridgedAt !== null
    ? elapsed(call.answeredAt, call.bridgedAt)
    : null;

/** A rate with what it is made of; null where there is nothing to divide by. */
export interface Share {
  readonly part: number;
  readonly whole: number;
  readonly rate: number | null;
}

export const share = (part: number, whole: number): Share => ({
  part,
  whole,
  rate: whole === 0 ? null : part / whole,
});

/** Sums over ended calls; times in milliseconds. */
export interface CallCounts {
  readonly attempts: number;
  readonly answered: number;
  readonly answeredMs: number;
  readonly shortCalls: number;
  readonly connected: number;
  /** Attempts that rang. */
  readonly rang: number;
  readonly postDialDelayMs: number;
  /** Rows of the abandonment ledger: a person answered, or an answer not proven to be a machine. */
  readonly humanAnswers: number;
  readonly abandoned: number;
  readonly earlyHangUps: number;
  /** Half of the connected had an agent after at most so long, and 19 of 20. */
  readonly answerToAgentP50Ms: number | null;
  readonly answerToAgentP95Ms: number | null;
}

/** Nothing was dialled. */
export const NO_CALLS: CallCounts = {
  attempts: 0,
  answered: 0,
  answeredMs: 0,
  shortCalls: 0,
  connected: 0,
  rang: 0,
  postDialDelayMs: 0,
  humanAnswers: 0,
  abandoned: 0,
  earlyHangUps: 0,
  answerToAgentP50Ms: null,
  answerToAgentP95Ms: null,
};

export interface CallFigures {
  readonly attempts: number;
  readonly humanAnswers: number;
  readonly connected: number;
  readonly contactRate: Share;
  readonly abandonmentRate: Share;
  readonly earlyHangUps: number;
  readonly answerToAgentP50Ms: number | null;
  readonly answerToAgentP95Ms: number | null;
  readonly asr: Share;
  readonly acdMs: number | null;
  readonly shortCalls: number;
  readonly postDialDelayMs: number | null;
}

export function callFigures(counts: CallCounts): CallFigures {
  const { attempts, humanAnswers, connected, earlyHangUps, shortCalls } = counts;
  return {
    attempts,
    humanAnswers,
    connected,
    contactRate: contactRate(counts),
    abandonmentRate: abandonmentShare(counts),
    earlyHangUps,
    answerToAgentP50Ms: counts.answerToAgentP50Ms,
    answerToAgentP95Ms: counts.answerToAgentP95Ms,
    asr: share(counts.answered, attempts),
    acdMs: mean(counts.answeredMs, counts.answered),
    shortCalls,
    postDialDelayMs: mean(counts.postDialDelayMs, counts.rang),
  };
}

/** Contact rate: human answers connected to an agent ÷ attempts. */
const contactRate = ({ connected, attempts }: CallCounts): Share => share(connected, attempts);

/** Abandonment rate: abandoned ÷ human answers; 0 when there are none. */
export const abandonmentShare = ({
  abandoned,
  humanAnswers,
}: Pick<CallCounts, 'abandoned' | 'humanAnswers'>): Share => ({
  part: abandoned,
  whole: humanAnswers,
  rate: humanAnswers === 0 ? 0 : abandoned / humanAnswers,
});

const mean = (sum: number, count: number): number | null => (count === 0 ? null : sum / count);

/** The smallest value that at least this share of all values does not exceed (nearest rank); null without values. */
export function percentile(values: readonly number[], wanted: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(wanted * sorted.length) - 1)] ?? null;
}
