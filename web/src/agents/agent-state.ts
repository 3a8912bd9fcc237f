import type { AgentView } from '../../../server/api.ts';

export type AgentStateName = AgentView['state'];

/** The mark beside each state's word. */
export const STATE_MARKS: Readonly<Record<AgentStateName, string>> = {
  talking: '--mark-talking',
  'on-hold': '--mark-held',
  consulting: '--mark-held',
  reserved: '--mark-reserved',
  dialling: '--mark-reserved',
  previewing: '--mark-reserved',
  ready: '--mark-ready',
  'wrapping-up': '--mark-wrapping-up',
  paused: '--mark-paused',
  'phone-connecting': '--mark-away',
  'phone-lost': '--mark-lost',
  'signed-out': '--mark-away',
};

/** Order of groups on the screen: who works first, who is away last. */
export const STATE_ORDER: readonly AgentStateName[] = [
  'phone-lost',
  'talking',
  'on-hold',
  'consulting',
  'reserved',
  'dialling',
  'previewing',
  'ready',
  'wrapping-up',
  'paused',
  'phone-connecting',
  'signed-out',
];

/** How many agents are in each state that somebody is in, in the order of {@link STATE_ORDER}. */
export function countStates(
  agents: readonly AgentView[],
): readonly { state: AgentStateName; count: number }[] {
  return STATE_ORDER.map((state) => ({
    state,
    count: agents.filter((agent) => agent.state === state).length,
  })).filter(({ count }) => count > 0);
}

const collators = new Map<string, Intl.Collator>();

/** One takes longer to make than a board to sort. */
export function collatorOf(localeName: string): Intl.Collator {
  const collator = collators.get(localeName) ?? new Intl.Collator(localeName, { numeric: true });
  collators.set(localeName, collator);
  return collator;
}

/** By name within the reader's language; the same order whatever they do, so that nobody jumps. */
export function sortByName(agents: readonly AgentView[], localeName: string): readonly AgentView[] {
  const collator = collatorOf(localeName);
  return [...agents].sort((a, b) => collator.compare(a.name, b.name));
}
