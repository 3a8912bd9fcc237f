import { DEFAULT_RETRY_RULES } from '../campaigns/retry-rule.ts';
import { describe, expect, test } from 'vitest';
import { recycle, type LeadNext } from '../campaigns/recycling.ts';
import { ledgerDifferences, readLedger } from '../compliance/abandonment-ledger.store.ts';
import { ENDINGS, type Ending } from '../campaigns/ending.ts';
import type { AgentId, LeadId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import { seconds } from '../kernel/time.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { storeCalls, storeOutcomes, type Outcome } from './call-outcome.store.ts';
import { newCall, type CallTimes, type EndedCall } from './call.ts';
import { FencedOff } from './fence.ts';
import { ledgerEntryOf } from './ledger-entry.ts';
import {
  claim,
  commit,
  judge,
  LATER,
  leadState,
  NOON,
  openAttempts,
  placeCalls,
  storedPool,
  takeOver,
  type Placed,
  type StoredPool,
} from './stored-pool.fixture.ts';
import { uuidMadeAt } from '../kernel/uuid.ts';

const testDatabase = useTestDatabase();
const ANN = '01900000-0000-7000-8000-0000000000aa' as AgentId;
const SETTINGS = { legalMs: seconds(2), timeZone: 'America/New_York' };

const SERVED: CallTimes = {
  dialledAt: LATER(100),
  rangAt: LATER(2000),
  answeredAt: LATER(8000),
  bridgedAt: LATER(8080),
  messageAt: null,
  agentId: ANN,
};
const UNANSWERED: CallTimes = { ...SERVED, answeredAt: null, bridgedAt: null, agentId: null };
const LEFT_ALONE: CallTimes = { ...SERVED, bridgedAt: null, agentId: null, messageAt: LATER(10_000) };

function identityOf({ candidate }: Placed) {
  const { callId: id, purpose, campaignId, leadId, numberId, phone } = candidate;
  return { id, purpose, campaignId, leadId, numberId, phone, placedAt: uuidMadeAt(id), forAgentId: null };
}

function outcome(placed: Placed, ending: Ending, times: CallTimes): Outcome {
  const call: EndedCall = {
    ...newCall(identityOf(placed)),
    times,
    state: 'ended',
    ending,
    endedAt: LATER(60_000),
    hungUpBy: 'customer',
    raw: { hangupCause: 'NORMAL_CLEARING', sipStatus: 200, q850Cause: 16 },
  };
  const recycled = recycle(
    { ending, endedAt: call.endedAt, numberId: call.numberId, isDialled: times.dialledAt !== null },
    placed.lead,
    DEFAULT_RETRY_RULES,
  );
  return {
    call,
    isAttempt: recycled.isAttempt,
    next: recycled.next,
    ledger: ledgerEntryOf(call, SETTINGS),
  };
}

async function onePlaced(): Promise<{ pool: StoredPool; placed: Placed; leadId: LeadId }> {
  const pool = await storedPool(testDatabase());
  const [placed] = await placeCalls(pool, [{}]);
  return { pool, placed: placed!, leadId: placed!.candidate.leadId };
}

const ledgerOf = async ({ organization, seed }: StoredPool) =>
  (
    await readLedger(
      organization.query,
      { campaignId: seed.campaignId, timeZone: SETTINGS.timeZone, startedAt: NOON },
      NOON,
    )
  ).today;
const differencesOf = ({ organization, seed }: StoredPool) =>
  ledgerDifferences(organization.query, seed.campaignId, SETTINGS.legalMs);

describe('the facts of a call that goes on', () => {
  test('are there for whoever takes over', async () => {
    const { pool, placed } = await onePlaced();
    await storeCalls(pool.organization, pool.fence, [{ ...newCall(identityOf(placed)), times: SERVED }]);
    const [row] = await pool.organization.query`
      select dialled_at, rang_at, answered_at, bridged_at, message_at, agent_id, ending from call
       where call_id = ${placed.candidate.callId}`;
    expect(row).toEqual({
      dialled_at: LATER(100),
      rang_at: LATER(2000),
      answered_at: LATER(8000),
      bridged_at: LATER(8080),
      message_at: null,
      agent_id: ANN,
      ending: null,
    });
  });

  test('written late change nothing of a call that has ended', async () => {
    const { pool, placed } = await onePlaced();
    await storeOutcomes(pool.organization, pool.fence, [outcome(placed, 'connected', SERVED)]);
    await storeCalls(pool.organization, pool.fence, [newCall(identityOf(placed))]);
    const [row] = await pool.organization.query`
      select answered_at, ending from call where call_id = ${placed.candidate.callId}`;
    expect(row).toEqual({ answered_at: LATER(8000), ending: 'connected' });
  });
});

describe('an ending', () => {
  test('counts how the lead’s calls ended, and the attempts on each of its numbers, and says why it waits', async () => {
    const { pool, placed, leadId } = await onePlaced();
    await storeOutcomes(pool.organization, pool.fence, [outcome(placed, 'busy', UNANSWERED)]);
    const [row] = await pool.organization.query`
      select ending_counts, number_attempts, due_why from campaign_lead where lead_id = ${leadId}`;
    expect(row).toEqual({
      ending_counts: { busy: 1 },
      number_attempts: { [placed.candidate.numberId]: 1 },
      due_why: 'busy',
    });
  });

  test('closes the attempt, the call, the ledger and the lead in one statement', async () => {
    const { pool, placed, leadId } = await onePlaced();
    await storeOutcomes(pool.organization, pool.fence, [outcome(placed, 'connected', SERVED)]);
    expect(await openAttempts(pool)).toEqual([]);
    const [row] = await pool.organization.query`
      select ending, ended_at, hung_up_by, hangup_cause, sip_status, q850_cause, answer_to_agent_ms, agent_id from call
       where call_id = ${placed.candidate.callId}`;
    expect(row).toEqual({
      ending: 'connected',
      ended_at: LATER(60_000),
      hung_up_by: 'customer',
      hangup_cause: 'NORMAL_CLEARING',
      sip_status: 200,
      q850_cause: 16,
      answer_to_agent_ms: 80,
      agent_id: ANN,
    });
    expect(await ledgerOf(pool)).toEqual({ answered: 1, abandoned: 0 });
    expect(await leadState(pool, leadId)).toMatchObject({
      state: 'awaiting-disposition',
      attempts: 1,
      lastEnding: 'connected',
      claimedFrom: null,
    });
  });

  test.each(ENDINGS)('%s can be stored, and the ledger says what the call says', async (ending) => {
    const { pool, placed } = await onePlaced();
    const times = ending === 'connected' ? SERVED : ending === 'human-abandoned' ? LEFT_ALONE : UNANSWERED;
    await storeOutcomes(pool.organization, pool.fence, [outcome(placed, ending, times)]);
    expect(await openAttempts(pool)).toEqual([]);
    expect(await differencesOf(pool)).toEqual([]);
  });

  test('written twice is written once: attempts, ledger and lead do not move again', async () => {
    const { pool, placed, leadId } = await onePlaced();
    const end = outcome(placed, 'human-abandoned', LEFT_ALONE);
    await storeOutcomes(pool.organization, pool.fence, [end]);
    const lead = await leadState(pool, leadId);
    await storeOutcomes(pool.organization, pool.fence, [end]);
    await storeOutcomes(pool.organization, pool.fence, [outcome(placed, 'busy', UNANSWERED)]);
    expect(await leadState(pool, leadId)).toEqual(lead);
    expect(lead.attempts).toBe(1);
    expect(await ledgerOf(pool)).toEqual({ answered: 1, abandoned: 1 });
    const [row] = await pool.organization
      .query`select ending from call where call_id = ${placed.candidate.callId}`;
    expect(row).toEqual({ ending: 'human-abandoned' });
  });

  test('written twice at the same moment is written once', async () => {
    const { pool, placed, leadId } = await onePlaced();
    const end = outcome(placed, 'human-abandoned', LEFT_ALONE);
    await Promise.all([1, 2, 3, 4].map(() => storeOutcomes(pool.organization, pool.fence, [end])));
    expect((await leadState(pool, leadId)).attempts).toBe(1);
    expect(await ledgerOf(pool)).toEqual({ answered: 1, abandoned: 1 });
  });

  test('written twice does not end the next call of the lead', async () => {
    const { pool, placed } = await onePlaced();
    const end = outcome(placed, 'busy', UNANSWERED);
    await storeOutcomes(pool.organization, pool.fence, [end]);
    const later = LATER(3_600_000);
    const [again] = await claim(pool, { now: later });
    await commit(pool, judge([again!], later));
    await storeOutcomes(pool.organization, pool.fence, [end]);
    expect(await openAttempts(pool)).toEqual([again!.candidate.callId]);
    expect(await leadState(pool, again!.candidate.leadId)).toMatchObject({ state: 'calling', attempts: 1 });
  });

  test('that was no attempt is not counted as one', async () => {
    const { pool, placed, leadId } = await onePlaced();
    await storeOutcomes(pool.organization, pool.fence, [
      outcome(placed, 'carrier-failure', { ...UNANSWERED, dialledAt: null, rangAt: null }),
    ]);
    expect(await leadState(pool, leadId)).toMatchObject({ state: 'waiting', attempts: 0 });
  });

  test('moves the lead on to its next number', async () => {
    const { pool, placed, leadId } = await onePlaced();
    const number = {
      numberId: placed.candidate.numberId,
      phone: '+12125550987' as PhoneNumber,
      zoneKey: 'America/Chicago',
    };
    const next: LeadNext = { state: 'waiting', dueAt: LATER(99_000), finishedWhy: null, number };
    await storeOutcomes(pool.organization, pool.fence, [
      { ...outcome(placed, 'no-answer', UNANSWERED), next },
    ]);
    expect(await leadState(pool, leadId)).toMatchObject({ phone: '+12125550987', dueAt: LATER(99_000) });
    expect(await claim(pool, { now: LATER(99_000), zoneKeys: ['America/Chicago'] })).toHaveLength(1);
  });

  test('many at once', async () => {
    const pool = await storedPool(testDatabase());
    const placed = await placeCalls(
      pool,
      Array.from({ length: 50 }, () => ({})),
    );
    await storeOutcomes(
      pool.organization,
      pool.fence,
      placed.map((call, index) =>
        index % 2 === 0 ? outcome(call, 'connected', SERVED) : outcome(call, 'human-abandoned', LEFT_ALONE),
      ),
    );
    expect(await ledgerOf(pool)).toEqual({ answered: 50, abandoned: 25 });
    expect(await openAttempts(pool)).toEqual([]);
    expect(await differencesOf(pool)).toEqual([]);
  });
});

describe('a disposition that was given during the talk', () => {
  const dispose = async ({ organization }: StoredPool, leadId: LeadId, state: string): Promise<void> => {
    await organization.query`
      update campaign_lead
         set state = ${state}, due_at = ${new Date(LATER(5000))}, finished_why = ${state === 'finished' ? 'disposition:sale' : null}
       where lead_id = ${leadId} and state = 'calling'`;
  };

  test('is not overwritten by the ending; the attempt is counted all the same', async () => {
    for (const state of ['finished', 'callback', 'waiting']) {
      const { pool, placed, leadId } = await onePlaced();
      await dispose(pool, leadId, state);
      await storeOutcomes(pool.organization, pool.fence, [outcome(placed, 'connected', SERVED)]);
      expect(await leadState(pool, leadId)).toMatchObject({
        state,
        dueAt: LATER(5000),
        finishedWhy: state === 'finished' ? 'disposition:sale' : null,
        attempts: 1,
        lastEnding: 'connected',
      });
    }
  });

  test('for an early next call, claimed before the ending was stored: the claim is left whole', async () => {
    const { pool, placed, leadId } = await onePlaced();
    await dispose(pool, leadId, 'callback');
    const [again] = await claim(pool, { now: LATER(6000) });
    await storeOutcomes(pool.organization, pool.fence, [outcome(placed, 'connected', SERVED)]);
    expect(await leadState(pool, leadId)).toMatchObject({
      state: 'claimed',
      claimedFrom: 'callback',
      attempts: 1,
    });
    expect((await commit(pool, judge([again!], LATER(6000)))).placed).toHaveLength(1);
  });
});

describe('an owner whose epoch is over', () => {
  test('ends nothing, and says so', async () => {
    const { pool, placed, leadId } = await onePlaced();
    const before = await leadState(pool, leadId);
    const fence = await takeOver(pool);
    const end = outcome(placed, 'human-abandoned', LEFT_ALONE);
    await expect(storeOutcomes(pool.organization, pool.fence, [end])).rejects.toThrow(FencedOff);
    await expect(
      storeCalls(pool.organization, pool.fence, [{ ...newCall(identityOf(placed)), times: SERVED }]),
    ).rejects.toThrow(FencedOff);
    expect(await openAttempts(pool)).toHaveLength(1);
    expect(await ledgerOf(pool)).toEqual({ answered: 0, abandoned: 0 });
    expect(await leadState(pool, leadId)).toEqual(before);
    // The new owner ends it: counted once.
    await storeOutcomes(pool.organization, fence, [end]);
    expect(await ledgerOf(pool)).toEqual({ answered: 1, abandoned: 1 });
  });
});

test('a number that is of no use any more stays the number of a finished lead', async () => {
  const { pool, placed, leadId } = await onePlaced();
  await storeOutcomes(pool.organization, pool.fence, [outcome(placed, 'invalid-number', UNANSWERED)]);
  expect(await leadState(pool, leadId)).toMatchObject({
    state: 'finished',
    finishedWhy: 'invalid-number',
    phone: placed.candidate.phone,
  });
});
