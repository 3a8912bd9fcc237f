import { expect, test } from 'vitest';
import { hours, type EpochMs } from '../kernel/time.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { attachList } from './campaign-list.store.ts';
import { readCampaignStanding } from './campaign-standing.store.ts';
import { NOON, seedLead, seedOrganization } from './campaign.fixture.ts';
import { readCampaign } from './campaign.store.ts';

const testDatabase = useTestDatabase();

test('counts a campaign’s leads by what keeps them, from what the dialer and the agents wrote', async () => {
  const ports = testDatabase();
  const { organization, organizationId } = ports;
  const seed = await seedOrganization(ports);
  const phones = ['+13055550101', '+13055550102', '+13055550103', '+13055550104', '+13055550105'];
  const leads: string[] = [];
  for (const phone of phones) leads.push((await seedLead(ports, seed, { phones: [phone] })).leadId);
  await attachList(organization, seed, { listId: seed.listId, priority: 0, at: NOON });
  const later = (NOON + hours(3)) as EpochMs;
  const put = (lead: string | undefined, state: string, why: string | null) => organization.query`
    update campaign_lead
       set state = ${state}, due_at = ${new Date(state === 'finished' ? NOON : later)}, due_why = ${why},
           finished_why = ${state === 'finished' ? why : null}
     where lead_id = ${lead ?? ''}`;
  await put(leads[0], 'waiting', 'no-answer');
  await put(leads[1], 'waiting', 'rule:attempt-limit');
  await put(leads[2], 'callback', 'disposition:callback');
  await put(leads[3], 'finished', 'disposition:sale');
  const read = async () => {
    const campaign = await readCampaign(organization.query, organizationId, seed.campaignId);
    return readCampaignStanding(organization.query, { ...campaign!, organizationId }, NOON);
  };
  const standing = await read();
  expect(standing).toMatchObject({ leads: 5, dueNow: 1, finished: 1, nextAt: later, runsOutAfterMs: null });
  expect(standing.finishedBy).toEqual([{ why: 'disposition:sale', leads: 1 }]);
  expect(standing.waiting).toHaveLength(3);
  for (const reason of [
    { kind: 'retry', after: 'no-answer' },
    { kind: 'rule', rule: 'attempt-limit' },
    { kind: 'callback' },
  ]) {
    expect(standing.waiting).toContainEqual({ reason, leads: 1, nextAt: later });
  }

  // It is Wednesday noon in New York: the campaign dials from one o'clock.
  const fromOne = Array.from({ length: 7 }, () => [{ fromMinute: 780, toMinute: 1080 }]);
  await organization.query`
    update campaign set daily_hours = ${JSON.stringify(fromOne)}::text::jsonb where campaign_id = ${seed.campaignId}`;
  const opensAt = (NOON + hours(1)) as EpochMs;
  expect(await read()).toMatchObject({
    dueNow: 0,
    opening: { isOpen: false, why: 'out-of-hours', opensAt },
    nextAt: opensAt,
  });
  await organization.query`update lead_list set paused_at = ${new Date(NOON)} where list_id = ${seed.listId}`;
  expect((await read()).waiting[0]).toEqual({
    reason: { kind: 'list', hold: 'list-paused', name: 'December' },
    leads: 3,
    nextAt: null,
  });
});
