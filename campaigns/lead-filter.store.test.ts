import { expect, test } from 'vitest';
import type { LeadFilterId, UserId } from '../kernel/ids.ts';
import { days, type EpochMs } from '../kernel/time.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { attachList } from './campaign-list.store.ts';
import { NOON, seedCall, seedLead, seedOrganization } from './campaign.fixture.ts';
import { leadFilterSchema, type LeadFilterInput } from './lead-filter.schema.ts';
import { listSavedFilters, removeFilter, saveFilter } from './lead-filter.store.ts';
import { countLeads, searchLeads } from './lead-search.store.ts';

const testDatabase = useTestDatabase();

type Condition = NonNullable<LeadFilterInput['groups']>[number]['conditions'][number];

test('leads are filtered by what is known of them, with groups of all and any', async () => {
  const { organization, organizationId, newId } = testDatabase();
  const ports = { organization, organizationId, newId };
  const { query } = organization;
  const seed = await seedOrganization(ports);
  const phones = { ann: '+13055550101', bob: '+12125550102', cem: '+442079460000' };
  const ids = new Map<string, string>();
  for (const [name, phone] of Object.entries(phones)) {
    const { leadId } = await seedLead(ports, seed, { phones: [phone], name });
    ids.set(leadId, name);
    if (name === 'ann')
      await query`update lead set fields = '{"balance": "120.5", "city": "Miami"}' where lead_id = ${leadId}`;
    if (name === 'bob')
      await query`update lead set fields = '{"balance": "n/a", "city": "New York"}', external_id = 'B-1' where lead_id = ${leadId}`;
    if (name === 'cem')
      await query`update lead_number set zone_key = 'Europe/Jersey|Europe/London' where lead_id = ${leadId}`;
  }
  const leadOf = (name: string) => [...ids].find(([, one]) => one === name)?.[0] ?? '';
  await attachList(organization, seed, { listId: seed.listId, priority: 0, at: NOON });
  const { campaignId } = seed;
  await seedCall(ports, seed, {
    leadId: leadOf('ann') as never,
    phone: phones.ann,
    placedAt: NOON,
    ending: 'busy',
  });
  await query`update campaign_lead set state = 'callback', due_at = ${new Date(NOON + days(2))} where lead_id = ${leadOf('bob')}`;
  await query`
    insert into do_not_call (organization_id, phone, source, added_at) values (${organizationId}, ${phones.cem}, 'test', ${new Date(NOON)})`;

  const isEnough = () => false;
  const find = async (filter: LeadFilterInput): Promise<string[]> => {
    const question = { filter: leadFilterSchema.parse(filter), isEnough };
    const { leads } = await searchLeads(query, organizationId, { ...question, limit: 10 });
    expect((await countLeads(query, organizationId, question)).leads).toBe(leads.length);
    return leads.map(({ leadId }) => ids.get(leadId) ?? '?').sort();
  };
  const expected: [Condition, string][] = [
    [{ kind: 'field', field: 'lastName', test: 'is', value: 'ANN' }, 'ann'],
    [{ kind: 'field', field: 'lastName', test: 'contains', value: 'b' }, 'bob'],
    [{ kind: 'field', field: 'externalId', test: 'is-empty' }, 'ann cem'],
    [{ kind: 'custom', name: 'balance', test: 'at-least', value: '100' }, 'ann'],
    [{ kind: 'custom', name: 'balance', test: 'at-least', value: 'x' }, ''],
    [{ kind: 'custom', name: 'city', test: 'begins', value: 'new' }, 'bob'],
    [{ kind: 'custom', name: "x' or true --", test: 'is-not-empty' }, ''],
    [{ kind: 'list', lists: [seed.listId] }, 'ann bob cem'],
    [{ kind: 'list', isNot: true, lists: [seed.listId] }, ''],
    [{ kind: 'zone', zones: ['Europe/London'] }, 'cem'],
    [{ kind: 'phone', begins: '+1' }, 'ann bob'],
    [{ kind: 'do-not-call', isListed: true }, 'cem'],
    [{ kind: 'campaign', campaignId, isNot: true }, ''],
    [{ kind: 'state', campaignId, states: ['callback', 'finished'] }, 'bob'],
    [{ kind: 'attempts', campaignId: null, test: 'at-least', value: 1 }, 'ann'],
    [{ kind: 'attempts', campaignId, test: 'at-most', value: 0 }, 'bob cem'],
    [{ kind: 'last-ending', endings: ['busy'] }, 'ann'],
    [{ kind: 'disposition', isNot: true, codes: ['sale'] }, 'ann bob cem'],
    [{ kind: 'last-call', test: 'never' }, 'bob cem'],
    [{ kind: 'last-call', test: 'before', at: NOON + 1 }, 'ann'],
    [{ kind: 'last-call', test: 'after', at: NOON + 1 }, ''],
    [{ kind: 'callback', test: 'after', at: NOON + days(1) }, 'bob'],
    [{ kind: 'added', test: 'before', at: NOON }, ''],
  ];
  for (const [condition, names] of expected)
    expect([condition, (await find({ groups: [{ conditions: [condition] }] })).join(' ')]).toEqual([
      condition,
      names,
    ]);

  const is = (value: string): Condition => ({ kind: 'field', field: 'lastName', test: 'is', value });
  const american: Condition = { kind: 'phone', begins: '+1' };
  expect(await find({})).toEqual(['ann', 'bob', 'cem']);
  expect(
    await find({
      groups: [{ match: 'any', conditions: [is('bob'), is('cem')] }, { conditions: [american] }],
    }),
  ).toEqual(['bob']);
  expect(
    await find({
      match: 'any',
      groups: [{ conditions: [is('cem')] }, { conditions: [american, is('ann')] }],
    }),
  ).toEqual(['ann', 'cem']);
});

test('a filter is kept under its name, replaced and forgotten', async () => {
  const { organization, organizationId, newId, makeOrganization, database } = testDatabase();
  const save = (name: string, at: number) =>
    saveFilter(organization.query, {
      organizationId,
      filterId: newId<LeadFilterId>(NOON),
      name,
      filter: leadFilterSchema.parse({ match: 'any' }),
      savedAt: (NOON + at) as EpochMs,
      savedBy: newId<UserId>(NOON),
    });
  const first = await save('Florida', 0);
  expect(await save('Florida', 5)).toBe(first);
  await save('Alaska', 1);
  const saved = await listSavedFilters(organization.query, organizationId);
  expect(saved.map(({ name, savedAt }) => [name, savedAt - NOON])).toEqual([
    ['Alaska', 1],
    ['Florida', 5],
  ]);
  const other = await makeOrganization('Others');
  expect(await removeFilter(database.organization(other).query, organizationId, first)).toBe(false);
  expect(await removeFilter(organization.query, organizationId, first)).toBe(true);
});
