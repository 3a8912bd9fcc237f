import type { LiveMinutes } from '../../../server/api.ts';
import type { AgentStateName } from '../agents/agent-state.ts';

const MINUTE_MS = 60_000;
/** One row of the table for so many minutes. */
const ROW_MINUTES = 10;

/** What is shown of a day. */
export const DAY_CHARTS = ['lines', 'abandonment', 'agents'] as const;
export type DayChart = (typeof DAY_CHARTS)[number];

/** Agents by what they do; the states behind each word. */
export const AGENT_GROUPS = {
  talking: ['talking', 'on-hold', 'consulting'],
  ready: ['ready', 'reserved', 'previewing', 'dialling'],
  wrappingUp: ['wrapping-up'],
  paused: ['paused'],
  phoneLost: ['phone-lost', 'phone-connecting'],
} as const satisfies Readonly<Record<string, readonly AgentStateName[]>>;
type AgentGroup = keyof typeof AGENT_GROUPS;

export type DaySeries = 'lines' | 'talkingAgents' | 'answers' | 'rate' | 'limit' | 'target' | AgentGroup;

export const SERIES_OF: Readonly<Record<DayChart, readonly DaySeries[]>> = {
  lines: ['lines', 'talkingAgents', 'answers'],
  abandonment: ['rate', 'target', 'limit'],
  agents: ['talking', 'ready', 'wrappingUp', 'paused', 'phoneLost'],
};

/** What has come since; a new day begins anew. */
export function mergeMinutes(known: LiveMinutes | null, more: LiveMinutes): LiveMinutes {
  if (known?.dayStart !== more.dayStart) return more;
  const [first] = more.at;
  const kept = first === undefined ? known.at.length : known.at.filter((at) => at < first).length;
  const join = <T>(before: readonly T[], after: readonly T[]): T[] => [...before.slice(0, kept), ...after];
  const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);
  const states = [...new Set([...Object.keys(known.agents), ...Object.keys(more.agents)])];
  return {
    dayStart: known.dayStart,
    at: join(known.at, more.at),
    linesMax: join(known.linesMax, more.linesMax),
    talkingMean: join(known.talkingMean, more.talkingMean),
    attempts: join(known.attempts, more.attempts),
    humanAnswers: join(known.humanAnswers, more.humanAnswers),
    connected: join(known.connected, more.connected),
    abandoned: join(known.abandoned, more.abandoned),
    agents: Object.fromEntries(
      states.map((state) => [
        state,
        join(known.agents[state] ?? zeros(known.at.length), more.agents[state] ?? zeros(more.at.length)),
      ]),
    ),
  };
}

export interface DayPoint {
  readonly at: number;
  readonly values: Readonly<Record<DaySeries, number | null>>;
}

const NOTHING: DayPoint['values'] = {
  lines: null,
  talkingAgents: null,
  answers: null,
  rate: null,
  limit: null,
  target: null,
  talking: null,
  ready: null,
  wrappingUp: null,
  paused: null,
  phoneLost: null,
};

/** One point a minute, and an empty one where minutes are missing: a line is not drawn over what nobody saw. */
export function dayPoints(
  day: LiveMinutes,
  limits: { rateMax: number; rateTarget: number },
): readonly DayPoint[] {
  const points: DayPoint[] = [];
  day.at.forEach((at, i) => {
    const before = day.at[i - 1];
    if (before !== undefined && at - before > MINUTE_MS)
      points.push({ at: before + MINUTE_MS, values: NOTHING });
    points.push({ at, values: valuesOf(day, i, limits) });
  });
  return points;
}

function valuesOf(
  day: LiveMinutes,
  i: number,
  { rateMax, rateTarget }: { rateMax: number; rateTarget: number },
): DayPoint['values'] {
  const answersSoFar = day.humanAnswers[i] ?? 0;
  // Counts are those of the campaign's day; an owner who reads them anew may put them right, never below nothing.
  const answers = Math.max(0, answersSoFar - (i === 0 ? 0 : (day.humanAnswers[i - 1] ?? 0)));
  const group = (states: readonly string[]): number =>
    states.reduce((sum, state) => sum + (day.agents[state]?.[i] ?? 0), 0);
  return {
    lines: day.linesMax[i] ?? null,
    talkingAgents: day.talkingMean[i] ?? null,
    // The first minute that is known holds all that came before it.
    answers: i === 0 && (day.at[0] ?? 0) - day.dayStart > MINUTE_MS ? null : answers,
    rate: answersSoFar === 0 ? null : (day.abandoned[i] ?? 0) / answersSoFar,
    limit: rateMax,
    target: rateTarget,
    talking: group(AGENT_GROUPS.talking),
    ready: group(AGENT_GROUPS.ready),
    wrappingUp: group(AGENT_GROUPS.wrappingUp),
    paused: group(AGENT_GROUPS.paused),
    phoneLost: group(AGENT_GROUPS.phoneLost),
  };
}

/** Rows of ten minutes, the newest first: most lines, answers together, the others as at their end. */
export function dayRows(points: readonly DayPoint[]): readonly DayPoint[] {
  const rows: DayPoint[] = [];
  for (const point of points) {
    if (point.values === NOTHING) continue;
    const at = Math.floor(point.at / (ROW_MINUTES * MINUTE_MS)) * ROW_MINUTES * MINUTE_MS;
    const last = rows.at(-1);
    if (last?.at !== at) {
      rows.push({ at, values: point.values });
      continue;
    }
    const { lines, answers } = point.values;
    rows[rows.length - 1] = {
      at,
      values: {
        ...point.values,
        lines: Math.max(last.values.lines ?? 0, lines ?? 0),
        answers: (last.values.answers ?? 0) + (answers ?? 0),
      },
    };
  }
  return rows.reverse();
}
