import { expect, test } from 'vitest';
import type { Query } from '../kernel/database.ts';
import { ConnectionLost, SqlError } from '../kernel/database-error.ts';
import type { LeadId } from '../kernel/ids.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { attachList, refreshLeadStatistics } from './campaign-list.store.ts';
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

test('removing leads waits for an import that updates them, and neither is ended by a deadlock', async () => {
  const { add, organization, organizationId, seed, read } = await world('Remove beside an import');
  const [added] = (await add({ numbers: ['+13055550101'] })) ?? [];
  const leadId = added?.ok === true ? added.leadId : ('' as LeadId);
  const { removed } = await organization.tx(async (query) => {
    // As a batch of an import: the list, then its leads.
    await query`select from lead_list where list_id = ${seed.listId} for update`;
    const removing = removeLeads(organization, organizationId, [leadId]);
    await expect
      .poll(async () => (await organization.query`select from pg_locks where not granted`).length, {
        interval: 20,
      })
      .toBeGreaterThan(0);
    await query`update lead set first_name = 'Ann' where lead_id = ${leadId}`;
    // In an object: what is returned by itself would be waited for before the commit, and never come.
    return { removed: removing };
  });
  expect(await removed).toEqual([{ ok: true, leadId }]);
  expect(await read(leadId)).toBeNull();
});

test('statistics that take too long fail nothing, and a database that is away does', async () => {
  const failing = (error: Error) => (() => Promise.reject(error)) as Query;
  const tooLong = new SqlError('too long', { code: '57014', constraint: null, cause: null });
  await expect(refreshLeadStatistics(failing(tooLong))).resolves.toBeUndefined();
  const away = new ConnectionLost('away', { mayHaveHappened: true });
  await expect(refreshLeadStatistics(failing(away))).rejects.toBe(away);
});
