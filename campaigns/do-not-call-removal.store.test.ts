import { expect, test } from 'vitest';
import { addDoNotCall } from '../compliance/do-not-call.store.ts';
import type { CallId, CampaignId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import type { EpochMs } from '../kernel/time.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { attachList } from './campaign-list.store.ts';
import { NOON, seedLead, seedOrganization } from './campaign.fixture.ts';
import { liftDoNotCall } from './do-not-call-removal.store.ts';

const testDatabase = useTestDatabase();
const PHONE = '+13055550101' as PhoneNumber;
const OTHER = '+13055550102' as PhoneNumber;
const LATER = (NOON + 60_000) as EpochMs;

/** A lead with two numbers on the list, finished by that. */
async function finished(name: string, why = 'do-not-call') {
  const { database, makeOrganization, newId } = testDatabase();
  const organizationId = await makeOrganization(name);
  const organization = database.organization(organizationId);
  const ports = { organizationId, organization, newId };
  const seed = await seedOrganization(ports);
  const { leadId } = await seedLead(ports, seed, { phones: [PHONE, OTHER] });
  await attachList(organization, seed, { listId: seed.listId, priority: 0, at: NOON });
  const list = (phone: PhoneNumber, campaignId: CampaignId | null) =>
    addDoNotCall(organization.query, organizationId, [
      { phone, campaignId, source: 'officer', addedBy: null, addedAt: NOON },
    ]);
  await list(PHONE, null);
  await list(OTHER, null);
  await organization.query`
    update campaign_lead set state = 'finished', finished_why = ${why} where lead_id = ${leadId}`;
  const lift = (phone: PhoneNumber, campaignId: CampaignId | null = null) =>
    liftDoNotCall(organization, organizationId, { phone, campaignId, at: LATER });
  const lead = async () => {
    const [row] = await organization.query<{ state: string; phone: string; dueAt: number }>`
      select state, phone, due_at as "dueAt" from campaign_lead where lead_id = ${leadId}`;
    return row;
  };
  return { ...ports, seed, leadId, list, lift, lead };
}

test('a lead that only the entry had finished is due at once, with the number that may be called', async () => {
  const { lift, lead } = await finished('Lifted');
  expect(await lift(OTHER)).toBe(true);
  expect(await lead()).toEqual({ state: 'waiting', phone: OTHER, dueAt: LATER });
  expect(await lift(OTHER)).toBe(false);
});

test('a lead stays finished while another entry covers the number', async () => {
  const { seed, list, lift, lead } = await finished('Covered');
  await list(PHONE, seed.campaignId);
  await lift(PHONE);
  expect(await lead()).toMatchObject({ state: 'finished' });
  await lift(PHONE, seed.campaignId);
  expect(await lead()).toMatchObject({ state: 'waiting', phone: PHONE });
});

test('a lead that was finished for another reason stays so', async () => {
  const { lift, lead } = await finished('Sold', 'disposition:sale');
  await lift(PHONE);
  expect(await lead()).toMatchObject({ state: 'finished' });
});

test('a person who told an agent not to call again is not called again', async () => {
  const { organization, organizationId, newId, seed, leadId, lift, lead } = await finished('Told');
  await organization.query`
    insert into call_disposition (call_id, organization_id, campaign_id, lead_id, agent_id, code, at)
    select ${newId<CallId>(NOON)}, ${organizationId}, ${seed.campaignId}, ${leadId}, ${seed.agentId}, code, ${new Date(NOON)}
      from disposition where organization_id = ${organizationId} and outcome = 'do-not-call' limit 1`;
  await lift(PHONE);
  expect(await lead()).toMatchObject({ state: 'finished' });
});

test('a number that an agent has typed is not dialled by machine when it leaves the list', async () => {
  const { organization, seed, lift, lead } = await finished('Typed');
  await organization.query`update lead_list set is_manual = true where list_id = ${seed.listId}`;
  await lift(PHONE);
  expect(await lead()).toMatchObject({ state: 'finished', phone: PHONE });
  const [why] = await organization.query`select finished_why as why from campaign_lead`;
  expect(why).toEqual({ why: 'manual' });
});
