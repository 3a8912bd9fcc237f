import { expect, test } from 'vitest';
import { minutes, hours, after, type EpochMs } from '../kernel/time.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { listChanges } from './campaign-change.store.ts';
import { attachList } from './campaign-list.store.ts';
import { NOON, seedCall, seedLead, seedOrganization } from './campaign.fixture.ts';
import { changeCampaign } from './campaign.store.ts';
import type { RetryEnding, RetryRules } from './retry-rule.ts';

const testDatabase = useTestDatabase();

interface Wanted {
  readonly ending: RetryEnding | 'connected';
  readonly dueAt: EpochMs;
  readonly why?: string;
  readonly counts?: Partial<Record<RetryEnding, number>>;
}

/** A campaign whose leads were called, all of those calls ended at NOON. */
async function restingCampaign(name: string, leads: Readonly<Record<string, Wanted>>) {
  const { database, makeOrganization, newId } = testDatabase();
  const organizationId = await makeOrganization(name);
  const organization = database.organization(organizationId);
  const ports = { organizationId, organization, newId };
  const seed = await seedOrganization(ports);
  const key = { organizationId, campaignId: seed.campaignId };
  const ids = new Map<string, string>();
  for (const [i, [lead]] of Object.entries(leads).entries())
    ids.set(lead, (await seedLead(ports, seed, { phones: [`+1212555${String(1000 + i)}`] })).leadId);
  await attachList(organization, key, { listId: seed.listId, priority: 0, at: NOON });
  for (const [lead, { ending, dueAt, why = ending, counts = {} }] of Object.entries(leads)) {
    const leadId = ids.get(lead) as Parameters<typeof seedCall>[2]['leadId'];
    const placedAt = (NOON - 30_000) as EpochMs;
    await seedCall(ports, seed, { leadId, phone: '+12125551000', placedAt, endedAt: NOON, ending });
    await organization.query`
      update campaign_lead set state = 'waiting', due_at = ${new Date(dueAt)}, due_why = ${why},
                               ending_counts = ${JSON.stringify(counts)}::text::jsonb
       where campaign_id = ${seed.campaignId} and lead_id = ${leadId}`;
  }
  const change = (retryRules: Partial<RetryRules>) =>
    changeCampaign(organization, key, {
      change: { retryRules },
      author: { userId: null, at: after(NOON, minutes(5)), newId },
    });
  /** Minutes after NOON. */
  const dues = async (): Promise<Record<string, number>> => {
    const rows = await organization.query<{ leadId: string; dueAt: EpochMs }>`
      select lead_id as "leadId", due_at as "dueAt" from campaign_lead where campaign_id = ${seed.campaignId}`;
    const names = [...ids].map(([lead, id]) => {
      const dueAt = rows.find(({ leadId }) => leadId === id)?.dueAt ?? NaN;
      return [lead, (dueAt - NOON) / minutes(1)] as const;
    });
    return Object.fromEntries(names);
  };
  const redated = async () => {
    const history = await listChanges(organization.query, key, { after: null, limit: 50 });
    return history.filter(({ field }) => field === 'leads-redated').map((line) => line.after);
  };
  return { organization, change, dues, redated, seed };
}

const rule = (afterMs: ReturnType<typeof minutes>) => ({ afterMs, triesMax: null, isSpread: false });

test('a new rest holds for the leads that rest already, counted from the end of their call, and for nobody else', async () => {
  const { change, dues, redated } = await restingCampaign('Rests', {
    'rests after no answer': { ending: 'no-answer', dueAt: after(NOON, hours(4)) },
    'rests after busy': { ending: 'busy', dueAt: after(NOON, minutes(20)) },
    'an agent said when': { ending: 'connected', dueAt: after(NOON, hours(9)), why: 'disposition:later' },
    'was promised another time': {
      ending: 'no-answer',
      dueAt: after(NOON, hours(7)),
      why: 'disposition:later',
    },
  });
  expect(await change({ 'no-answer': rule(minutes(90)) })).toEqual({ ok: true });
  expect(await dues()).toEqual({
    'rests after no answer': 90,
    'rests after busy': 20,
    'an agent said when': 540,
    'was promised another time': 420,
  });
  expect(await redated()).toEqual([1]);
  // Back to the product's own rule, which the campaign does not store.
  expect(await change({})).toEqual({ ok: true });
  expect((await dues())['rests after no answer']).toBe(240);
});

test('a rest never becomes shorter than the law, the safety of people and a refusing carrier ask for', async () => {
  const { change, dues, organization, seed } = await restingCampaign('Law', {
    'was left waiting': { ending: 'human-abandoned', dueAt: after(NOON, hours(100)) },
    'may have been reached': { ending: 'lost', dueAt: after(NOON, hours(9)) },
    'the carrier refused once': {
      ending: 'carrier-failure',
      dueAt: after(NOON, minutes(10)),
      counts: { 'carrier-failure': 1 },
    },
    'the carrier refused twice': {
      ending: 'carrier-failure',
      dueAt: after(NOON, hours(1)),
      counts: { 'carrier-failure': 2 },
    },
  });
  // Stored by a version that allowed less.
  await organization.query`
    update campaign set retry_rules = '{"human-abandoned": {"afterMs": 360000000, "triesMax": null, "isSpread": false},
                                        "lost": {"afterMs": 32400000, "triesMax": null, "isSpread": false}}'
     where campaign_id = ${seed.campaignId}`;
  await change({ 'carrier-failure': rule(minutes(2)) });
  expect(await dues()).toEqual({
    'was left waiting': 72 * 60,
    'may have been reached': 30,
    'the carrier refused once': 2,
    'the carrier refused twice': 60,
  });
});

test('who is put off by a rule of compliance is called no earlier for it, and later when the new rest is longer', async () => {
  const { change, dues } = await restingCampaign('Put off', {
    'until the morning': { ending: 'no-answer', dueAt: after(NOON, hours(20)), why: 'rule:calling-window' },
  });
  await change({ 'no-answer': rule(hours(2)) });
  expect(await dues()).toEqual({ 'until the morning': 20 * 60 });
  await change({ 'no-answer': rule(hours(30)) });
  expect(await dues()).toEqual({ 'until the morning': 30 * 60 });
});

test('another part of the day is kept to when a rule asks for it from now on', async () => {
  const { change, dues } = await restingCampaign('Spread', {
    'was out at noon': { ending: 'no-answer', dueAt: after(NOON, hours(4)) },
  });
  await change({ 'no-answer': { ...rule(hours(1)), isSpread: true } });
  // From noon in New York to five in the afternoon.
  expect(await dues()).toEqual({ 'was out at noon': 300 });
});

test('limits of tries alone move nobody, and nothing is said of it', async () => {
  const { change, dues, redated } = await restingCampaign('Tries', {
    rests: { ending: 'no-answer', dueAt: after(NOON, hours(3)) },
  });
  await change({ 'no-answer': { ...rule(hours(4)), triesMax: 9 } });
  expect(await dues()).toEqual({ rests: 180 });
  expect(await redated()).toEqual([]);
});
