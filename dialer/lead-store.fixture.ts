import { describe, expect, test } from 'vitest';
import { clear, type Verdict } from '../compliance/gate.ts';
import type { CallId, LeadId } from '../kernel/ids.ts';
import type { EpochMs, MonotonicMs } from '../kernel/time.ts';
import type { ClaimedLead } from './pool-event.ts';

/** A Wednesday in winter: nine in Los Angeles, and seven in Honolulu, where nobody may be called before eight. */
export const NOON = Date.parse('2026-12-02T12:00:00-05:00') as EpochMs;
export const LATER = (ms: number): EpochMs => (NOON + ms) as EpochMs;
const HOUR = 3_600_000;
const NEW_YORK = 'America/New_York';
const LOS_ANGELES = 'America/Los_Angeles';
const HONOLULU = 'Pacific/Honolulu';

export interface LeadToStore {
  /** Of its own unless it says otherwise. */
  readonly phone?: string;
  readonly zone?: string;
  readonly dueAt?: EpochMs;
  readonly attempts?: number;
}

/** The leads of one campaign, wherever they lie: what the loop of a pool asks of them. */
export interface LeadStore {
  store(leads: readonly LeadToStore[]): Promise<LeadId[]>;
  /** Leads that are due in zones in which it is a time to call. */
  claim(count: number, now: EpochMs): Promise<readonly ClaimedLead[]>;
  commit(verdicts: readonly Verdict[], now: EpochMs): Promise<readonly CallId[]>;
  putBack(leadIds: readonly LeadId[]): Promise<void>;
}

const judge = (leads: readonly ClaimedLead[], now = NOON): Verdict[] =>
  leads.map(({ candidate }) => clear(candidate, { now, monotonic: 0 as MonotonicMs }));

/** What every store of leads does, in the database or in memory. `open` makes the leads of a new campaign of the same organization. */
export function describeLeadStore(open: () => Promise<LeadStore>): void {
  const claimedIds = async (store: LeadStore, count = 100, now = NOON): Promise<LeadId[]> =>
    (await store.claim(count, now)).map(({ candidate }) => candidate.leadId);

  describe('which leads are claimed', () => {
    test('those that have been due longest first', async () => {
      const store = await open();
      const [late, early, middle] = await store.store([
        { dueAt: LATER(-1000) },
        { dueAt: LATER(-9000) },
        { dueAt: LATER(-5000) },
      ]);
      expect(await claimedIds(store, 1)).toEqual([early]);
      expect(await claimedIds(store, 1)).toEqual([middle]);
      expect(await claimedIds(store, 1)).toEqual([late]);
    });

    test('only those that are due: equality is due', async () => {
      const store = await open();
      const [now, soon] = await store.store([{ dueAt: NOON }, { dueAt: LATER(1) }]);
      expect(await claimedIds(store)).toEqual([now]);
      expect(await claimedIds(store, 100, LATER(1))).toEqual([soon]);
    });

    test('only those in zones where it is a time to call, and the best of all of them', async () => {
      const store = await open();
      const [newYork, losAngeles, honolulu, first] = await store.store([
        { zone: NEW_YORK, dueAt: LATER(-2000) },
        { zone: LOS_ANGELES, dueAt: LATER(-3000) },
        { zone: HONOLULU, dueAt: LATER(-9000) },
        { zone: NEW_YORK, dueAt: LATER(-4000) },
      ]);
      const order: LeadId[] = [];
      for (let turn = 0; turn < 4; turn += 1) order.push(...(await claimedIds(store, 1)));
      expect(order).toEqual([first, losAngeles, newYork]);
      expect(await claimedIds(store, 100, LATER(HOUR))).toEqual([honolulu]);
    });

    test('no more than are asked for, none twice, and all of them in the end', async () => {
      const store = await open();
      const all = await store.store(Array.from({ length: 50 }, () => ({})));
      const claimed: LeadId[] = [];
      for (let turn = 0; turn < 3; turn += 1) {
        const some = await claimedIds(store, 20);
        expect(some.length).toBeLessThanOrEqual(20);
        claimed.push(...some);
      }
      expect(claimed).toHaveLength(50);
      expect(new Set(claimed)).toEqual(new Set(all));
      expect(await claimedIds(store)).toEqual([]);
    });

    test('with the facts that the gate needs, as of the claim', async () => {
      const store = await open();
      const [leadId] = await store.store([{ phone: '+12125550188', zone: LOS_ANGELES, attempts: 0 }]);
      const [claimed] = await store.claim(1, NOON);
      expect(claimed?.candidate).toMatchObject({
        leadId,
        phone: '+12125550188',
        purpose: 'campaign',
        zones: [LOS_ANGELES],
        doNotCall: null,
        leadAttempts: 0,
        leadAttemptsAt: [],
        numberAttemptsAt: [],
        factsAt: NOON,
      });
    });
  });

  describe('a claim', () => {
    test('is not an attempt: put back, the lead is as it was and where it was', async () => {
      const store = await open();
      await store.store([{ dueAt: LATER(-5000) }, { dueAt: LATER(-3000) }]);
      const before = await store.claim(2, NOON);
      await store.putBack(before.map(({ candidate }) => candidate.leadId));
      const again = await store.claim(2, NOON);
      const facts = (leads: readonly ClaimedLead[]) =>
        leads
          .map(({ candidate: { callId: _, ...rest }, lead }) => ({ ...rest, lead }))
          .sort((a, b) => (a.leadId < b.leadId ? -1 : 1));
      expect(facts(again)).toEqual(facts(before));
    });

    test('that was put back is worth nothing any more: its commit places no call', async () => {
      const store = await open();
      const [leadId] = await store.store([{}]);
      const verdicts = judge(await store.claim(1, NOON));
      await store.putBack([leadId!]);
      expect(await store.commit(verdicts, NOON)).toEqual([]);
      expect(await claimedIds(store)).toEqual([leadId]);
    });
  });

  describe('a commit', () => {
    test('places the cleared, whom nobody claims while they are called', async () => {
      const store = await open();
      await store.store([{}, {}]);
      const verdicts = judge(await store.claim(2, NOON));
      const placed = await store.commit(verdicts, NOON);
      expect([...placed].sort()).toEqual(verdicts.map(({ candidate }) => candidate.callId).sort());
      expect(await claimedIds(store, 100, LATER(HOUR))).toEqual([]);
    });

    test('that comes twice places nothing the second time', async () => {
      const store = await open();
      await store.store([{}]);
      const verdicts = judge(await store.claim(1, NOON));
      expect(await store.commit(verdicts, NOON)).toHaveLength(1);
      expect(await store.commit(verdicts, NOON)).toEqual([]);
    });

    test('lets the refused wait for the moment that the rule names, and keeps the cleared of its batch from nothing', async () => {
      const store = await open();
      const [refused] = await store.store([{ dueAt: LATER(-5000) }, { dueAt: LATER(-3000) }]);
      const claimed = await store.claim(2, NOON);
      const first = claimed.find(({ candidate }) => candidate.leadId === refused);
      const second = claimed.find(({ candidate }) => candidate.leadId !== refused);
      const lately = { numberAttemptsAt: [NOON, NOON, NOON], numberAttemptsPerDayMax: 3 };
      const verdicts = judge([{ ...first!, candidate: { ...first!.candidate, ...lately } }, second!]);
      expect(await store.commit(verdicts, NOON)).toEqual([second!.candidate.callId]);
      expect(await claimedIds(store, 100, LATER(24 * HOUR - 1))).toEqual([]);
      expect(await claimedIds(store, 100, LATER(24 * HOUR))).toEqual([refused]);
    });

    test('finishes those who are refused for ever', async () => {
      const store = await open();
      await store.store([{}]);
      const [lead] = await store.claim(1, NOON);
      const verdicts = judge([{ ...lead!, candidate: { ...lead!.candidate, doNotCall: 'organization' } }]);
      expect(await store.commit(verdicts, NOON)).toEqual([]);
      expect(await claimedIds(store, 100, LATER(7 * 24 * HOUR))).toEqual([]);
    });
  });

  describe('one call per number at a time', () => {
    test('over two campaigns: the second waits ten seconds for its turn', async () => {
      const [one, other] = [await open(), await open()];
      const phone = '+12125550199';
      await one.store([{ phone }]);
      const [leadId] = await other.store([{ phone }]);
      const first = judge(await one.claim(1, NOON));
      const second = judge(await other.claim(1, NOON));
      expect(await one.commit(first, NOON)).toHaveLength(1);
      expect(await other.commit(second, NOON)).toEqual([]);
      expect(await claimedIds(other, 1, LATER(9999))).toEqual([]);
      expect(await claimedIds(other, 1, LATER(10_000))).toEqual([leadId]);
    });
  });
}
