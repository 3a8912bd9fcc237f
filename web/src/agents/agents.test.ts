import { expect, test } from 'vitest';
import type { TeamId } from '../../../kernel/ids.ts';
import type { AgentView, Board } from '../../../server/api.ts';
import { locale } from '../i18n/locale.svelte.ts';
import { countStates, sortByName, STATE_ORDER } from './agent-state.ts';
import { alarmOf, DEFAULT_LIMITS } from './alarm.ts';
import { BoardAnnouncer } from './board-announcer.svelte.ts';
import {
  boardRows,
  countAlarms,
  filterRows,
  NO_FILTER,
  RowKeeper,
  sortRows,
  type BoardFilter,
  type BoardRow,
} from './board-rows.ts';
import { DeskMessages } from './desk-messages.svelte.ts';
import { pauseLabel } from './pause-label.ts';

const agent = (name: string, state: AgentView['state'], since = 0): AgentView => ({
  agentId: name as AgentView['agentId'],
  name,
  isAutomatic: false,
  state,
  reason: null,
  since: since as AgentView['since'],
  callId: null,
  campaignId: null,
  leadId: null,
  phone: '',
  wrapUntil: null,
  wanted: null,
  wantedReason: null,
  callsToday: 0,
});

test('counts each state that somebody is in, who needs help first', () => {
  const counts = countStates([agent('a', 'ready'), agent('b', 'phone-lost'), agent('c', 'ready')]);
  expect(counts).toEqual([
    { state: 'phone-lost', count: 1 },
    { state: 'ready', count: 2 },
  ]);
  expect(new Set(STATE_ORDER).size).toBe(12);
});

test('sorts by name as people of the language do', () => {
  const names = sortByName(
    [agent('Zoë', 'ready'), agent('Ämil', 'ready'), agent('Agent 10', 'ready'), agent('Agent 2', 'ready')],
    'en',
  );
  expect(names.map(({ name }) => name)).toEqual(['Agent 2', 'Agent 10', 'Ämil', 'Zoë']);
});

test('a lost phone and a page that is gone are alarms at once, a wrap-up and a pause at the organization’s limits', () => {
  const limits = { wrapUpAlarmMs: 30_000, pauseAlarmMs: 60_000 };
  const kinds = (state: AgentView['state'], lastsMs: number, change: Partial<AgentView> = {}) =>
    alarmOf({ ...agent('a', state), ...change }, lastsMs, limits);
  expect(kinds('phone-lost', 0)).toBe('phone-lost');
  expect(kinds('paused', 0, { reason: 'screen-lost' })).toBe('gone');
  expect(kinds('talking', 0, { wanted: 'pause', wantedReason: 'screen-lost' })).toBe('gone');
  expect([kinds('wrapping-up', 29_999), kinds('wrapping-up', 30_000)]).toEqual([null, 'wrap-up']);
  expect([kinds('paused', 59_999), kinds('paused', 60_000)]).toEqual([null, 'pause']);
  expect(kinds('on-hold', 180_000)).toBe('long');
  expect(kinds('ready', 99_999_999)).toBeNull();
  expect(kinds('signed-out', 99_999_999, { reason: 'screen-lost' })).toBeNull();
});

const TEAM = 'team' as TeamId;
const board = (agents: readonly AgentView[]): Pick<Board, 'agents'> => ({
  agents: agents.map(({ agentId }, i) => ({
    agentId,
    extension: String(2000 + i),
    teamId: i % 2 === 0 ? TEAM : null,
    movesTo: null,
  })),
});
const rowsOf = (agents: readonly AgentView[], now = 0) =>
  boardRows({ agents, board: board(agents), campaigns: new Map(), limits: DEFAULT_LIMITS, now });
const namesOf = (rows: readonly BoardRow[]) => rows.map((row) => row.agent.name);

test('alarms stand first, the most pressing and the oldest before the others, and the rest by name', () => {
  const agents = [
    agent('Zoë', 'ready'),
    agent('Ben', 'paused', -2_000_000),
    agent('Ada', 'ready'),
    agent('Cem', 'phone-lost', -10),
    agent('Dev', 'phone-lost', -20),
  ];
  expect(namesOf(sortRows(rowsOf(agents), 'en'))).toEqual(['Dev', 'Cem', 'Ben', 'Ada', 'Zoë']);
  expect(countAlarms(rowsOf(agents))).toEqual([
    { kind: 'phone-lost', count: 2 },
    { kind: 'pause', count: 1 },
  ]);
});

test('a row of whom nothing changed stays the same object, and no other does', () => {
  const keeper = new RowKeeper();
  const [ada, ben] = [agent('Ada', 'ready'), agent('Ben', 'wrapping-up')];
  const seats = board([ada, ben]);
  const at = (now: number, agents: readonly AgentView[]) =>
    keeper.keep({ agents, board: seats, campaigns: new Map(), limits: DEFAULT_LIMITS, now });
  const [first, second] = at(0, [ada, ben]);
  expect(at(1000, [ada, ben])).toEqual([first, second]);
  const [later, late] = at(120_000, [ada, ben]);
  expect(later).toBe(first);
  expect(late?.alarm).toBe('wrap-up');
  expect(at(121_000, [{ ...ada, state: 'talking' }, ben])[0]).not.toBe(first);
});

test('is filtered by state, team, alarm and by part of a name or an extension', () => {
  const agents = [agent('Ada', 'ready'), agent('Ben', 'phone-lost'), agent('Cem', 'signed-out')];
  const shown = (change: Partial<BoardFilter>) =>
    namesOf(filterRows(rowsOf(agents), { ...NO_FILTER, ...change }));
  expect(shown({})).toEqual(['Ada', 'Ben']);
  expect(shown({ withSignedOut: true })).toEqual(['Ada', 'Ben', 'Cem']);
  expect(shown({ state: 'signed-out' })).toEqual(['Cem']);
  expect(shown({ teamId: TEAM, withSignedOut: true })).toEqual(['Ada', 'Cem']);
  expect(shown({ onlyAlarms: true })).toEqual(['Ben']);
  expect(shown({ text: ' be ' })).toEqual(['Ben']);
  expect(shown({ text: '2002' })).toEqual(['Cem']);
});

test('a screen reader hears each new alarm once, not those at the beginning, and not one after the other', () => {
  const announcer = new BoardAnnouncer();
  const say = (rows: readonly BoardRow[], count: number) => `${String(count)} ${namesOf(rows).join(' ')}`;
  const ben = agent('Ben', 'phone-lost');
  announcer.look(rowsOf([ben]), 0, say);
  expect(announcer.text).toBe('');
  announcer.look(rowsOf([ben, agent('Ada', 'phone-lost')]), 1000, say);
  expect(announcer.text).toBe('1 Ada');
  const more = [ben, agent('Ada', 'phone-lost'), agent('Cem', 'phone-lost'), agent('Dev', 'phone-lost')];
  announcer.look(rowsOf(more), 2000, say);
  expect(announcer.text).toBe('1 Ada');
  announcer.look(rowsOf(more), 6000, say);
  expect(announcer.text).toBe('2 Cem Dev');
  announcer.look(rowsOf(more), 12_000, say);
  expect(announcer.text).toBe('2 Cem Dev');
});

test('a message is gone once it is seen, and comes back when the server did not hear it', async () => {
  const answers: (() => Promise<unknown>)[] = [
    async () => null,
    async () => Promise.reject(new Error('away')),
  ];
  const messages = new DeskMessages({ send: () => answers.shift()?.() } as never);
  const message = (id: string) => ({ messageId: id, fromName: 'Sven', text: id, sentAt: 0 }) as never;
  messages.take([message('one'), message('two')]);
  await messages.see(message('one'));
  expect([messages.hasSeen('one'), messages.hasSeen('two')]).toEqual([true, false]);
  messages.take([message('one'), message('two')]);
  expect(messages.unread.map(({ text }) => text)).toEqual(['two']);
  await messages.see(message('two'));
  expect(messages.unread.map(({ text }) => text)).toEqual(['two']);
  expect(messages.hasSeen('two')).toBe(false);
  expect(messages.problem).not.toBeNull();
});

test('a pause is called as the organization calls it, the product’s own by our words', () => {
  locale.use('en');
  const reasons = [{ code: 'break', label: 'Coffee' }];
  expect(pauseLabel('break', reasons)).toBe('Coffee');
  expect(pauseLabel('no-disposition', reasons)).toBe('Outcome missing');
  expect(pauseLabel('unknown-word', reasons)).toBe('unknown-word');
  locale.use('zh-CN');
  expect(pauseLabel('break', reasons)).toBe('Coffee');
  const shipped = { break: 'Break', lunch: 'Lunch', 'follow-up': 'Follow-up work' };
  for (const [code, label] of Object.entries(shipped))
    expect(pauseLabel(code, [{ code, label }]), code).toMatch(/\p{Script=Han}/u);
  locale.use('en');
});
