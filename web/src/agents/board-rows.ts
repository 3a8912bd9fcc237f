import type { AgentId, CampaignId, TeamId } from '../../../kernel/ids.ts';
import type { AgentView, AlarmLimits, Board } from '../../../server/api.ts';
import { collatorOf, type AgentStateName } from './agent-state.ts';
import { ALARM_KINDS, alarmOf, type AlarmKind } from './alarm.ts';

export interface BoardRow {
  readonly agent: AgentView;
  readonly alarm: AlarmKind | null;
  readonly seat: Board['agents'][number] | null;
  /** Name of the campaign that he has a call of; '' without one. */
  readonly campaign: string;
}

export interface BoardFilter {
  /** Part of the name or the extension. */
  readonly text: string;
  readonly state: AgentStateName | null;
  readonly teamId: TeamId | null;
  readonly onlyAlarms: boolean;
  readonly withSignedOut: boolean;
}

export const NO_FILTER: BoardFilter = {
  text: '',
  state: null,
  teamId: null,
  onlyAlarms: false,
  withSignedOut: false,
};

interface RowsFrom {
  readonly agents: readonly AgentView[];
  readonly board: Pick<Board, 'agents'> | null;
  readonly campaigns: ReadonlyMap<CampaignId, string>;
  readonly limits: AlarmLimits;
  readonly now: number;
}

/** Keeps the rows of a board that goes on changing: one of whom nothing changed stays the same object, and is not drawn again. */
export class RowKeeper {
  #rows: ReadonlyMap<AgentId, BoardRow> = new Map();

  keep(from: RowsFrom): readonly BoardRow[] {
    const rows = boardRows(from).map((row) => {
      const before = this.#rows.get(row.agent.agentId);
      const isSame =
        before?.agent === row.agent &&
        before.alarm === row.alarm &&
        before.seat === row.seat &&
        before.campaign === row.campaign;
      return isSame ? before : row;
    });
    this.#rows = new Map(rows.map((row) => [row.agent.agentId, row]));
    return rows;
  }
}

/** Every agent of the pool with what the board knows of him. */
export function boardRows({ agents, board, campaigns, limits, now }: RowsFrom): readonly BoardRow[] {
  const seats = new Map(board?.agents.map((seat) => [seat.agentId, seat]));
  return agents.map((agent) => ({
    agent,
    alarm: alarmOf(agent, now, limits),
    seat: seats.get(agent.agentId) ?? null,
    campaign: agent.campaignId === null ? '' : (campaigns.get(agent.campaignId) ?? ''),
  }));
}

export function filterRows(rows: readonly BoardRow[], filter: BoardFilter): readonly BoardRow[] {
  const text = filter.text.trim().toLocaleLowerCase();
  return rows.filter(({ agent, alarm, seat }) => {
    // Who is asked for by his state or his name is found wherever he is.
    const isAway = agent.state === 'signed-out' && filter.state !== 'signed-out' && text === '';
    if (isAway && !filter.withSignedOut) return false;
    if (filter.onlyAlarms && alarm === null) return false;
    if (filter.state !== null && agent.state !== filter.state) return false;
    if (filter.teamId !== null && seat?.teamId !== filter.teamId) return false;
    return (
      text === '' ||
      agent.name.toLocaleLowerCase().includes(text) ||
      seat?.extension.startsWith(text) === true
    );
  });
}

/** Alarms first, the most pressing and the oldest before the others; then by name, so that nobody jumps. */
export function sortRows(rows: readonly BoardRow[], localeName: string): readonly BoardRow[] {
  const collator = collatorOf(localeName);
  const rank = ({ alarm }: BoardRow): number =>
    alarm === null ? ALARM_KINDS.length : ALARM_KINDS.indexOf(alarm);
  return [...rows].sort((a, b) => {
    const byAlarm = rank(a) - rank(b);
    if (byAlarm !== 0) return byAlarm;
    const byAge = a.alarm === null ? 0 : a.agent.since - b.agent.since;
    return byAge === 0 ? collator.compare(a.agent.name, b.agent.name) : byAge;
  });
}

export function countAlarms(rows: readonly BoardRow[]): readonly { kind: AlarmKind; count: number }[] {
  return ALARM_KINDS.map((kind) => ({
    kind,
    count: rows.filter(({ alarm }) => alarm === kind).length,
  })).filter(({ count }) => count > 0);
}

/** Alarms that were not there before: what is told to somebody who cannot see the board. */
export function newAlarms(known: ReadonlySet<string>, rows: readonly BoardRow[]): readonly BoardRow[] {
  return rows.filter((row) => row.alarm !== null && !known.has(alarmKey(row)));
}

/** An alarm of the same kind of the same agent is told once for each time it begins. */
export const alarmKey = ({ agent, alarm }: BoardRow): string =>
  `${agent.agentId} ${alarm ?? ''} ${String(agent.since)}`;

export const alarmKeys = (rows: readonly BoardRow[]): ReadonlySet<string> =>
  new Set(rows.filter(({ alarm }) => alarm !== null).map(alarmKey));

/** Agents that are chosen, of those that are shown or were. */
export type Chosen = ReadonlySet<AgentId>;
export const NOBODY: Chosen = new Set();
export const chosenOf = (rows: readonly BoardRow[]): Chosen =>
  new Set(rows.map(({ agent }) => agent.agentId));

export function withChoice(chosen: Chosen, agentId: AgentId, isOn: boolean): Chosen {
  const next = new Set(chosen);
  if (isOn) next.add(agentId);
  else next.delete(agentId);
  return next;
}
