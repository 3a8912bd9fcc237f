import { expect, test } from 'vitest';
import { useTestDatabase } from '../server/test-database.ts';
import type { CampaignId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import { NOON, seedOrganization } from './campaign.fixture.ts';
import { findOrMakeManualLead, type ManualNumber } from './manual-lead.store.ts';

const testDatabase = useTestDatabase();

test('a typed number is the lead of the campaign that has it, or a new one in the list of its manual calls, once', async () => {
  const ports = testDatabase();
  const { organization, organizationId, newId } = ports;
  const { campaignId, listId } = await seedOrganization(ports);
  await organization.query`
    insert into campaign_list (campaign_id, list_id, organization_id) values (${campaignId}, ${listId}, ${organizationId})`;
  const typed: ManualNumber = {
    ...{
      campaignId,
      phone: '+13055550142' as PhoneNumber,
      zoneKey: 'America/New_York',
      country: 'US',
      at: NOON,
      newId,
    },
  };
  const [made, same] = await Promise.all([
    findOrMakeManualLead(organization, organizationId, typed),
    findOrMakeManualLead(organization, organizationId, typed),
  ]);
  expect(same).toEqual(made);
  const leads = await organization.query`
    select l.name, c.state, c.finished_why, c.phone from campaign_lead c join lead_list l using (list_id)
     where c.lead_id = ${made!.leadId}`;
  // Nothing dials it by itself.
  expect(leads).toMatchObject([{ state: 'finished', finished_why: 'manual', phone: '+13055550142' }]);
  expect(leads[0]).toMatchObject({ name: expect.stringMatching(/^Manual calls: /) as string });
  const attached =
    await organization.query`select count(*)::int as n from campaign_list where campaign_id = ${campaignId}`;
  expect(attached).toEqual([{ n: 2 }]);
});

test('a number of a list of the campaign is that lead, and keeps its place in the campaign', async () => {
  const ports = testDatabase();
  const { organization, organizationId, newId } = ports;
  const [known] = await organization.query<{ lead_id: string; number_id: string; campaign_id: CampaignId }>`
    select c.lead_id, c.number_id, c.campaign_id from campaign_lead c limit 1`;
  await organization.query`update campaign_lead set state = 'waiting' where lead_id = ${known!.lead_id}`;
  const found = await findOrMakeManualLead(organization, organizationId, {
    ...{ campaignId: known!.campaign_id, phone: '+13055550142' as PhoneNumber, zoneKey: 'America/New_York' },
    ...{ country: 'US', at: NOON, newId },
  });
  expect(found).toEqual({ leadId: known!.lead_id, numberId: known!.number_id });
  const [lead] = await organization.query`select state from campaign_lead where lead_id = ${known!.lead_id}`;
  expect(lead).toEqual({ state: 'waiting' });
});

test('there is no lead for a campaign of somebody else', async () => {
  const { organization, organizationId, newId } = testDatabase();
  const typed = {
    phone: '+13055550143' as PhoneNumber,
    zoneKey: 'America/New_York',
    country: 'US',
    at: NOON,
    newId,
  };
  const campaignId = '01900000-0000-7000-8000-0000000000ff' as CampaignId;
  expect(await findOrMakeManualLead(organization, organizationId, { ...typed, campaignId })).toBeNull();
});
