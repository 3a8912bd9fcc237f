import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PoolView } from '../dialer/live-view.ts';
import type { CallId, PoolId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import { applyDelta, deltaBetween } from './live-delta.ts';
import { callView } from './test-pool-owner.ts';

const ids = ['a', 'b', 'c', 'd', 'e'] as CallId[];
const calls = fc
  .uniqueArray(fc.constantFrom(...ids))
  .chain((chosen) =>
    fc.tuple(
      ...chosen.map((callId) =>
        fc.constantFrom('ringing' as const, 'connected' as const).map((state) => callView(callId, { state })),
      ),
    ),
  );
const lastCalls = fc.uniqueArray(fc.constantFrom(...ids)).map((chosen) =>
  chosen.map((callId) => ({
    callId,
    campaignId: null,
    leadId: null,
    phone: '',
    ending: 'busy' as const,
    endedAt: 1 as EpochMs,
    agentId: null,
    answerToAgentMs: null,
  })),
);
const view = fc.record({
  poolId: fc.constant('pool' as PoolId),
  at: fc.nat().map((at) => at as EpochMs),
  health: fc.record({
    switch: fc.constantFrom('up' as const, 'down' as const),
    database: fc.constant('up' as const),
    notDialling: fc.constantFrom(null, { code: 'switch-down' as const, detail: 'ECONNREFUSED' }),
  }),
  agents: fc.constant([]),
  campaigns: fc.constant([]),
  calls,
  lastCalls,
}) as fc.Arbitrary<PoolView>;

const byKey = (rows: PoolView['calls']) =>
  [...rows].sort((one, other) => (one.callId < other.callId ? -1 : 1));

test('who applies the delta between two views has the second one', () => {
  fc.assert(
    fc.property(view, view, (before, after) => {
      const delta = deltaBetween(before, after);
      const reached = delta ? applyDelta(before, delta) : before;
      expect(reached.health).toEqual(after.health);
      expect(byKey(reached.calls)).toEqual(byKey(after.calls));
      expect(new Set(reached.lastCalls.map(({ callId }) => callId))).toEqual(
        new Set(after.lastCalls.map(({ callId }) => callId)),
      );
    }),
  );
});

test('nothing is told when only the clock went on', () => {
  fc.assert(
    fc.property(view, (same) => {
      expect(deltaBetween(same, { ...same, at: 7 as EpochMs })).toBeNull();
    }),
  );
});

test('a call that ended goes in front of the last calls', () => {
  const ended = (callId: string) => ({ ...callView(callId as CallId), ending: 'busy' as const });
  const base = { health: {}, agents: [], campaigns: [], calls: [] };
  const before = { ...base, lastCalls: [ended('b'), ended('a')] } as unknown as PoolView;
  const after = { ...base, lastCalls: [ended('c'), ended('b')] } as unknown as PoolView;
  const delta = deltaBetween(before, after);
  expect(delta?.lastCalls).toEqual({ set: [ended('c')], remove: ['a'] });
  expect(delta && applyDelta(before, delta).lastCalls).toEqual(after.lastCalls);
});
