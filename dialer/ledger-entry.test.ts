import { describe, expect, test } from 'vitest';
import { ENDINGS, type Ending } from '../campaigns/ending.ts';
import type { AgentId, CallId, CampaignId, LeadId, NumberId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import { seconds, type EpochMs } from '../kernel/time.ts';
import type { CallTimes, EndedCall } from './call.ts';
import { ledgerEntryOf } from './ledger-entry.ts';

const ANSWERED = Date.parse('2026-12-02T15:00:00Z') as EpochMs;
const after = (ms: number): EpochMs => (ANSWERED + ms) as EpochMs;
const SETTINGS = { legalMs: seconds(2), timeZone: 'America/New_York' };

function endedCall(ending: Ending, times: Partial<CallTimes>, endedAt: EpochMs): EndedCall {
  return {
    id: 'call' as CallId,
    purpose: 'campaign',
    campaignId: 'campaign' as CampaignId,
    leadId: 'lead' as LeadId,
    numberId: 'number' as NumberId,
    phone: '+13055550100' as PhoneNumber,
    placedAt: after(-10_000),
    forAgentId: null,
    times: {
      dialledAt: after(-9000),
      rangAt: after(-7000),
      answeredAt: ANSWERED,
      bridgedAt: null,
      messageAt: null,
      agentId: null,
      ...times,
    },
    state: 'ended',
    ending,
    endedAt,
    hungUpBy: 'customer',
    raw: null,
  };
}

const served = (bridgedMs: number): EndedCall =>
  endedCall('connected', { bridgedAt: after(bridgedMs), agentId: 'ann' as AgentId }, after(60_000));

describe('a person who answered', () => {
  test.each([
    [0, false],
    [1999, false],
    [2000, false],
    [2001, true],
    [15_000, true],
  ])('and heard an agent after %i ms: abandoned is %s', (bridgedMs, isAbandoned) => {
    expect(ledgerEntryOf(served(bridgedMs), SETTINGS)).toMatchObject({ isAbandoned, isEarlyHangUp: false });
  });

  test('and heard the message was abandoned', () => {
    const call = endedCall('human-abandoned', { messageAt: after(2000) }, after(9000));
    expect(ledgerEntryOf(call, SETTINGS)).toMatchObject({ isAbandoned: true, isEarlyHangUp: false });
  });

  test('and left before the legal moment with nobody there: abandoned, and marked as early', () => {
    const call = endedCall('hung-up-waiting', {}, after(1999));
    expect(ledgerEntryOf(call, SETTINGS)).toMatchObject({ isAbandoned: true, isEarlyHangUp: true });
  });

  test('and left at the legal moment was abandoned by us', () => {
    const call = endedCall('hung-up-waiting', {}, after(2000));
    expect(ledgerEntryOf(call, SETTINGS)).toMatchObject({ isAbandoned: true, isEarlyHangUp: false });
  });

  test('and lost his agent later was served', () => {
    const call = endedCall('agent-lost', { bridgedAt: after(500), agentId: 'ann' as AgentId }, after(30_000));
    expect(ledgerEntryOf(call, SETTINGS)).toMatchObject({ isAbandoned: false });
  });

  test('whose answer crossed our cancel was abandoned', () => {
    expect(ledgerEntryOf(endedCall('human-abandoned', {}, after(40)), SETTINGS)).toMatchObject({
      isAbandoned: true,
    });
  });

  test("counts for the day of the answer in the campaign's zone", () => {
    // 2026-12-02T15:00Z is already the third in Auckland.
    expect(ledgerEntryOf(served(0), SETTINGS)?.localDay).toBe('2026-12-02');
    expect(ledgerEntryOf(served(0), { ...SETTINGS, timeZone: 'Pacific/Auckland' })?.localDay).toBe(
      '2026-12-03',
    );
  });
});

describe('a call of whose end nothing is known', () => {
  const lost = endedCall('lost', { answeredAt: null }, after(0));

  test('counts as abandoned once it was dialled', () => {
    expect(ledgerEntryOf({ ...lost, raw: null }, SETTINGS)).toMatchObject({ isAbandoned: true });
  });

  test('counts for nothing when no INVITE was sent, or when the switch told how it ended', () => {
    const raw = { hangupCause: 'ORIGINATOR_CANCEL', sipStatus: 487, q850Cause: null };
    expect(ledgerEntryOf({ ...lost, raw, times: { ...lost.times } }, SETTINGS)).toBeNull();
    expect(
      ledgerEntryOf({ ...lost, raw: null, times: { ...lost.times, dialledAt: null } }, SETTINGS),
    ).toBeNull();
  });
});

describe('no row', () => {
  test.each(ENDINGS.filter((ending) => ending !== 'lost'))(
    'for a call that nobody answered (%s)',
    (ending) => {
      expect(ledgerEntryOf(endedCall(ending, { answeredAt: null }, after(0)), SETTINGS)).toBeNull();
    },
  );

  test.each<Ending>(['machine', 'message-left', 'fax', 'sit', 'screening'])(
    'for an answer that was proven to be no person (%s)',
    (ending) => {
      expect(ledgerEntryOf(endedCall(ending, {}, after(5000)), SETTINGS)).toBeNull();
    },
  );

  test('for a number revoked while it rang: neither answered nor abandoned', () => {
    expect(ledgerEntryOf(endedCall('revoked', {}, after(0)), SETTINGS)).toBeNull();
  });
});

test('every other ending of an answered call has a row: what is not proven counts', () => {
  const withRow = ENDINGS.filter(
    (ending) => ledgerEntryOf(endedCall(ending, {}, after(5000)), SETTINGS) !== null,
  );
  expect(withRow).toEqual([
    'connected',
    'human-abandoned',
    'hung-up-waiting',
    'no-answer',
    'busy',
    'rejected',
    'invalid-number',
    'carrier-failure',
    'agent-lost',
    'lost',
  ]);
});
