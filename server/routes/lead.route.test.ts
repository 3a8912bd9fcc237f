import { expect, test } from 'vitest';
import type { History, Lead, LeadCount, Leads, LeadsWritten, SavedFilters } from '../api/lead.schema.ts';
import type {
  CampaignLists,
  List,
  ListResetCount,
  ListResetDone,
  ListStandings,
} from '../api/list.schema.ts';
import { useTestHttp, type TestUser } from '../test-http.ts';

const http = useTestHttp();

test('a thousand leads are added at once, found, filtered, changed and removed', async () => {
  const manager = await http().signedIn('manager');
  const { listId } = (await manager.send<List>('POST', '/api/lists', { name: 'Fair', country: 'US' })).body;
  const leads = Array.from({ length: 1000 }, (_, n) => ({
    lastName: `Person ${String(n)}`,
    numbers: [`212 555 ${String(1000 + n)}`],
    fields: { remark: 'x'.repeat(500), row: String(n) },
  }));
  const added = await manager.send<LeadsWritten>('POST', '/api/leads', { listId, leads });
  expect(added.body).toMatchObject({ written: 1000, refused: 0 });
  const again = await manager.send<LeadsWritten>('POST', '/api/leads', { listId, leads: leads.slice(0, 1) });
  expect(again.body.results).toMatchObject([
    {
      leadId: null,
      problem: { code: 'number-taken', message: '+12125551000: Another lead of the list has this number.' },
    },
  ]);
  expect((await manager.get<List>(`/api/lists/${listId}`)).body.leads).toBe(1000);

  const filter = {
    groups: [{ conditions: [{ kind: 'custom', name: 'row', test: 'at-least', value: '990' }] }],
  };
  const asked = `filter=${encodeURIComponent(JSON.stringify(filter))}`;
  let counted = 0;
  for (let after = ''; ;) {
    const { leads: some, next } = (await manager.get<LeadCount>(`/api/leads/count?${asked}${after}`)).body;
    counted += some;
    if (next === null) break;
    after = `&after=${encodeURIComponent(next)}`;
  }
  expect(counted).toBe(10);
  expect((await manager.get('/api/leads?filter={"groups":7}')).status).toBe(400);
  expect((await manager.send('POST', '/api/lead-filters', { name: 'Last rows', filter })).status).toBe(201);
  expect((await manager.get<SavedFilters>('/api/lead-filters')).body.filters).toMatchObject([
    { name: 'Last rows' },
  ]);

  const found = await manager.get<Leads>('/api/leads?q=212%20555%201007');
  const leadId = found.body.leads[0]?.leadId ?? '';
  const change = {
    leadId,
    firstName: 'Ann',
    numbers: ['+13055550100', '212 555 1007'],
    fields: { remark: null },
  };
  expect((await manager.send<LeadsWritten>('PATCH', '/api/leads', { leads: [change] })).body.written).toBe(1);
  expect(
    (await manager.send('POST', `/api/leads/${leadId}/notes`, { text: 'Met at the stand.' })).status,
  ).toBe(201);
  const lead = (await manager.get<Lead>(`/api/leads/${leadId}`)).body;
  expect(lead).toMatchObject({ firstName: 'Ann', fields: { row: '7' } });
  expect(lead.numbers.map(({ phone }) => phone)).toEqual(['+13055550100', '+12125551007']);
  expect((await manager.send<LeadsWritten>('DELETE', '/api/leads', { leadIds: [leadId] })).body.written).toBe(
    1,
  );
  expect((await manager.get(`/api/leads/${leadId}`)).status).toBe(404);

  // A supervisor sees masked numbers, also where somebody wrote them down, and changes nothing.
  const supervisor = await http().signedIn('supervisor');
  const seen = (await supervisor.get<Leads>('/api/leads?q=212%20555%201008')).body.leads[0];
  expect(seen?.phones).not.toContain('+12125551008');
  const address = `/api/leads/${seen?.leadId ?? ''}`;
  await manager.send('POST', `${address}/notes`, { text: 'Wife: (305) 555-0199, after six' });
  const notes = async (user: TestUser) =>
    (await user.get<History>(`${address}/history`)).body.entries.find(({ kind }) => kind === 'note')?.notes;
  expect(await notes(manager)).toBe('Wife: (305) 555-0199, after six');
  expect(await notes(supervisor)).toMatch(/^Wife: [^9]*\*+99, after six$/);
  expect((await supervisor.send('DELETE', '/api/leads', { leadIds: [seen?.leadId] })).status).toBe(403);
});

test('a list is renamed, paused, reset and given its place in a campaign', async () => {
  const manager = await http().signedIn('manager');
  const poolId = await http().addPool();
  const make = async (name: string) =>
    (await manager.send<List>('POST', '/api/lists', { name, country: 'US' })).body;
  const { listId } = await make('Spring');
  await make('Summer');
  const { campaignId } = (
    await manager.send<{ campaignId: string }>('POST', '/api/campaigns', {
      name: 'Spring calls',
      poolId,
      timeZone: 'UTC',
    })
  ).body;
  const change = async (body: object) => manager.send<List>('PATCH', `/api/lists/${listId}`, body);
  expect((await change({ name: 'Summer' })).status).toBe(409);
  expect((await change({ expiresOn: 'soon' })).status).toBe(400);
  expect((await change({ name: 'April', expiresOn: '2020-01-01' })).body).toMatchObject({
    name: 'April',
    expiresOn: '2020-01-01',
    isPaused: false,
  });

  const ofCampaign = `/api/campaigns/${campaignId}/lists`;
  await manager.send('PUT', `${ofCampaign}/${listId}`, {});
  const put = await manager.send<CampaignLists>('PATCH', `${ofCampaign}/${listId}`, {
    priority: 2,
    weight: 3,
  });
  expect(put.body.lists).toMatchObject([
    { name: 'April', priority: 2, weight: 3, share: 0, hold: 'list-expired' },
  ]);
  await change({ isPaused: true, expiresOn: null });
  expect((await manager.get<CampaignLists>(ofCampaign)).body.lists).toMatchObject([{ hold: 'list-paused' }]);

  await manager.send('POST', '/api/leads', { listId, leads: [{ numbers: ['2125551234'], priority: 9 }] });
  expect((await manager.get<ListStandings>(`/api/lists/${listId}/standing`)).body.campaigns).toMatchObject([
    { campaignId, leads: 1, dueNow: 1, attempted: 0 },
  ]);
  const count = await manager.send<ListResetCount>('POST', `/api/lists/${listId}/reset/count`, {
    endings: ['busy'],
  });
  expect(count.body).toEqual({ leads: 0 });
  const reset = await manager.send<ListResetDone>('POST', `/api/lists/${listId}/reset`, {
    clearsAttempts: true,
  });
  expect(reset.body).toEqual({ leads: 0, next: null });
});
