import type { AgentState } from '../dialer/agent.ts';
import { share, type Share } from './figures.ts';

/** Every state in which an agent is signed in, in the order in which reports show them. */
export const SIGNED_IN_STATES = [
  'talking',
  'on-hold',
  'consulting',
  'wrapping-up',
  'ready',
  'reserved',
  'previewing',
  'dialling',
  'paused',
  'phone-connecting',
  'phone-lost',
] as const satisfies readonly Exclude<AgentState, 'signed-out'>[];
export type SignedInState = (typeof SIGNED_IN_STATES)[number];

/** Milliseconds in each state. */
export type StateTimes = Readonly<Record<SignedInState, number>>;

export const NO_TIMES = Object.fromEntries(SIGNED_IN_STATES.map((state) => [state, 0])) as StateTimes;

export interface AgentCounts {
  readonly times: StateTimes;
  /** Talk, hold and wrap-up, of the times above, of calls in which he said that no person was there. */
  readonly noPersonMs: number;
  /** Calls with people that he had. */
  readonly calls: number;
  readonly dispositions: number;
  readonly rightParties: number;
  readonly sales: number;
}

export interface AgentFigures {
  readonly signedInMs: number;
  readonly times: StateTimes;
  readonly calls: number;
  readonly dispositions: number;
  readonly rightPartyRate: Share;
  readonly conversion: Share;
  readonly ahtMs: number | null;
  readonly utilisation: Share;
  readonly occupancy: Share;
}

export function agentFigures(counts: AgentCounts): AgentFigures {
  const { times, calls, dispositions, rightParties, sales } = counts;
  const handledMs = handled(counts);
  const signedInMs = SIGNED_IN_STATES.reduce((sum, state) => sum + times[state], 0);
  return {
    signedInMs,
    times,
    calls,
    dispositions,
    rightPartyRate: share(rightParties, calls),
    conversion: share(sales, calls),
    ahtMs: calls === 0 ? null : handledMs / calls,
    utilisation: share(handledMs, signedInMs),
    occupancy: share(handledMs, handledMs + times.ready + times.reserved),
  };
}

/**
 * Talk + hold + wrap-up of calls with people, a talk with a colleague about the customer included: the numerator of AHT (mean of it per call), of utilisation
 * (÷ signed-in time, pauses included) and of occupancy (÷ it + ready + reserved).
 */
export const handled = ({ times, noPersonMs }: Pick<AgentCounts, 'times' | 'noPersonMs'>): number =>
  times.talking + times['on-hold'] + times.consulting + times['wrapping-up'] - noPersonMs;
