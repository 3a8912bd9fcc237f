import { expect, test } from 'vitest';
import type { LeadId } from '../kernel/ids.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { attachList } from './campaign-list.store.ts';
import { NOON, seedOrganization } from './campaign.fixture.ts';
import { addLeads, changeLeads, removeLeads } from './lead-write.store.ts';
import { readLead } from './lead.store.ts';

const testDatabase = useTestDatabase();

async function world(name: string) {
  const { database, makeOrganization, newId } = testDatabase();
  const organizationId = await makeOrganization(name);
  const organization = database.organization(organizationId);
  const ports = { organizationId, organization, newId };
  const seed = await seedOrganization(ports);
  await attachList(organization, seed, { listId: seed.listId, priority: 0, at: NOON });
  const writing = { organizationId, at: NOON, newId };
  const add = async (...leads: Parameters<typeof addLeads>[2]['leads']) =>
    addLeads(organization, writing, { listId: seed.listId, leads });
  const read = async (leadId: LeadId) => readLead(organization.query, { organizationId, leadId }, NOON);
  return { ...ports, seed, writing, add, read };
}

test('leads are added one by one: into the campaigns of their list, those that cannot be say why', async () => {
  const { add, read, organization, seed } = await world('Add');
  const results = await add(
    {
      numbers: ['(305) 555-0101', '212 555 0102'],
      firstName: 'Ann',
      externalId: 'A',
      fields: { city: 'Miami' },
      priority: 9,
    },
    { numbers: ['12'] },
    { numbers: ['+13055550101'] },
    { numbers: ['305-555-0103', '+1 305 555 0103'] },
    { numbers: ['+13055550104'], externalId: 'A' },
  );
  expect(results?.map((result) => (result.ok ? 'ok' : result.problem))).toEqual([
    'ok',
    'phone-too-short',
    'number-taken',
    'number-twice',
    'external-id-taken',
  ]);
  const first = results?.[0];
  const lead = first?.ok === true ? await read(first.leadId) : null;
  expect(lead).toMatchObject({
    firstName: 'Ann',
    fields: { city: 'Miami' },
    numbers: [{ phone: '+13055550101' }, { phone: '+12125550102' }],
    campaigns: [{ state: 'waiting', dueAt: NOON, priority: 9, phone: '+13055550101' }],
  });
  const [list] = await organization.query<{ leads: number }>`
    select lead_count as leads from lead_list where list_id = ${seed.listId}`;
  expect(list).toEqual({ leads: 1 });
});

test('numbers are put in order, added and taken away; the lead is called on one that he still has', async () => {
  const { add, read, organization, writing, seed } = await world('Numbers');
  const results = await add({ numbers: ['+13055550101', '+13055550102'] }, { numbers: ['+13055550109'] });
  const leadId = (results?.[0] as { leadId: LeadId }).leadId;
  const change = async (numbers: string[]) => changeLeads(organization, writing, [{ leadId, numbers }]);
  const phones = async () => (await read(leadId))?.numbers.map(({ phone }) => phone);
  const next = async () => (await read(leadId))?.campaigns[0]?.phone;

  await change(['305 555 0102', '+13055550103', '+13055550101']);
  expect(await phones()).toEqual(['+13055550102', '+13055550103', '+13055550101']);
  expect(await next()).toBe('+13055550101');
  await change(['+13055550102', '+13055550103']);
  expect(await next()).toBe('+13055550102');
  expect(await change(['+13055550109'])).toMatchObject([{ ok: false, problem: 'number-taken' }]);
  expect(await phones()).toEqual(['+13055550102', '+13055550103']);

  // Taken away while it is called: afterwards the other one is next.
  await organization.query`update campaign_lead set state = 'calling' where lead_id = ${leadId}`;
  await change(['+13055550103']);
  await organization.query`update campaign_lead set state = 'waiting' where campaign_id = ${seed.campaignId} and lead_id = ${leadId}`;
  expect(await next()).toBe('+13055550103');
});

test('names, fields and priority are changed where they are named', async () => {
  const { add, read, organization, writing } = await world('Change');
  const results = await add(
    { numbers: ['+13055550101'], lastName: 'Lee', fields: { a: '1', b: '2' } },
    { numbers: ['+13055550102'], externalId: 'B' },
  );
  const leadId = (results?.[0] as { leadId: LeadId }).leadId;
  const written = await changeLeads(organization, writing, [
    { leadId, firstName: 'Ann', fields: { a: null, c: '3' }, priority: 5, externalId: 'A' },
    { leadId, externalId: 'B', lastName: 'Wrong' },
    { leadId: writing.newId<LeadId>(NOON), firstName: 'Nobody' },
  ]);
  expect(written.map((one) => (one.ok ? 'ok' : one.problem))).toEqual([
    'ok',
    'external-id-taken',
    'unknown-lead',
  ]);
  expect(await read(leadId)).toMatchObject({
    firstName: 'Ann',
    lastName: 'Lee',
    externalId: 'A',
    fields: { b: '2', c: '3' },
    campaigns: [{ priority: 5 }],
  });
});

test('a lead is removed unless he is in a call; nobody removes or changes those of others', async () => {
  const { add, read, organization, organizationId } = await world('Remove');
  const other = await world('Remove others');
  const results = await add({ numbers: ['+13055550101'] }, { numbers: ['+13055550102'] });
  const ids = results?.map((result) => (result as { leadId: LeadId }).leadId) ?? [];
  expect(await removeLeads(other.organization, organizationId, ids)).toMatchObject([
    { problem: 'unknown-lead' },
    { problem: 'unknown-lead' },
  ]);
  expect(
    await addLeads(other.organization, other.writing, {
      listId: (await world('Third')).seed.listId,
      leads: [],
    }),
  ).toBeNull();
  await organization.query`update campaign_lead set state = 'calling' where lead_id = ${ids[0] ?? ''}`;
  expect(await removeLeads(organization, organizationId, ids)).toMatchObject([
    { problem: 'in-call' },
    { ok: true },
  ]);
  expect(await read(ids[1] as LeadId)).toBeNull();
});
