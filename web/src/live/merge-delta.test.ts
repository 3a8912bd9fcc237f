import { expect, test } from 'vitest';
import type { EndedCallView, PoolView } from '../../../server/api.ts';
import { at, callView, campaignView, poolView } from './fake-socket.fixture.ts';
import { LAST_CALLS_SHOWN, mergeDelta } from './merge-delta.ts';

const ended = (id: string): EndedCallView => ({
  callId: id as EndedCallView['callId'],
  campaignId: null,
  leadId: null,
  phone: '+1305*****14',
  ending: 'no-answer',
  endedAt: at(0),
  agentId: null,
  answerToAgentMs: null,
});
const ids = (calls: readonly { readonly callId: string }[]): string[] => calls.map(({ callId }) => callId);

test('a changed row keeps its place, a new one comes last, a removed one goes', () => {
  const view = poolView({ calls: [callView('a'), callView('b'), callView('c')] });
  const talking = callView('b', { state: 'connected' });
  const merged = mergeDelta(view, {
    at: at(2000),
    calls: { set: [talking, callView('d')], remove: ['a'] },
  });
  expect(ids(merged.calls)).toEqual(['b', 'c', 'd']);
  expect(merged.calls[0]).toBe(talking);
  expect(merged.at).toBe(2000);
});

test('what a change leaves out stays the same object', () => {
  const view: PoolView = poolView({ calls: [callView('a')] });
  const merged = mergeDelta(view, {
    at: at(2000),
    campaigns: { set: [campaignView({ ringing: 9 })], remove: [] },
  });
  expect(merged.calls).toBe(view.calls);
  expect(merged.health).toBe(view.health);
  expect(merged.campaigns[0]?.ringing).toBe(9);
});

test('ended calls come in front, each once, and no more than are shown', () => {
  const many = Array.from({ length: LAST_CALLS_SHOWN }, (_, i) => ended(`old-${i}`));
  const merged = mergeDelta(poolView({ lastCalls: many }), {
    at: at(2000),
    lastCalls: { set: [ended('new'), ended('old-3')], remove: ['old-0'] },
  });
  expect(ids(merged.lastCalls).slice(0, 4)).toEqual(['new', 'old-3', 'old-1', 'old-2']);
  expect(merged.lastCalls).toHaveLength(LAST_CALLS_SHOWN);
  expect(new Set(ids(merged.lastCalls)).size).toBe(LAST_CALLS_SHOWN);
});
