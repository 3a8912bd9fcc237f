import { expect, test } from 'vitest';
import type { CampaignId, LeadId, ListId, NumberId } from '../../kernel/ids.ts';
import { systemClock } from '../clock.ts';
import type { DeskCallbacks } from '../api/desk-dial.schema.ts';
import type { ErrorBody } from '../api/scalar.schema.ts';
import { useTestHttp } from '../test-http.ts';

const http = useTestHttp();
const DAY_MS = 86_400_000;

/** The next 17:00 UTC that is a day away at least: noon, or an hour beside it, in New York. */
const noonThere = (): number => Math.ceil(systemClock.now() / DAY_MS + 1) * DAY_MS + 17 * 3_600_000;

/** An agent to whom somebody was promised. */
async function promised() {
  const { database, addPool, signedIn } = http();
  const { organization, organizationId, newId } = database;
  const at = systemClock.now();
  const created = new Date(at);
  const poolId = await addPool();
  const agent = await signedIn('agent', { poolId });
  const listId = newId<ListId>(at);
  const leadId = newId<LeadId>(at);
  const numberId = newId<NumberId>(at);
  const campaignId = newId<CampaignId>(at);
  const phone = `+1305${leadId.replaceAll(/\D/g, '').slice(-7).padStart(7, '2')}`;
  await organization.query`
    insert into lead_list (list_id, organization_id, name, country, created_at)
    values (${listId}, ${organizationId}, ${listId}, 'US', ${created})`;
  await organization.query`
    insert into lead (lead_id, organization_id, list_id, first_name, created_at)
    values (${leadId}, ${organizationId}, ${listId}, 'Grace', ${created})`;
  await organization.query`
    insert into lead_number (number_id, organization_id, list_id, lead_id, phone, zone_key)
    values (${numberId}, ${organizationId}, ${listId}, ${leadId}, ${phone}, 'America/New_York')`;
  await organization.query`
    insert into campaign (campaign_id, organization_id, pool_id, name, time_zone, created_at)
    values (${campaignId}, ${organizationId}, ${poolId}, ${campaignId}, 'UTC', ${created})`;
  await organization.query`
    insert into campaign_lead (campaign_id, lead_id, organization_id, state, due_at, number_id, phone, zone_key, callback_agent_id)
    values (${campaignId}, ${leadId}, ${organizationId}, 'callback', ${new Date(noonThere())}, ${numberId}, ${phone},
            'America/New_York', ${agent.agentId})`;
  return { agent, path: `/api/agent/callbacks/${campaignId}/${leadId}`, leadId };
}

test('an agent sees, moves and cancels his own callbacks', async () => {
  const { agent, path, leadId } = await promised();
  const mine = async () => (await agent.get<DeskCallbacks>('/api/agent/callbacks')).body.callbacks;
  expect(await mine()).toMatchObject([{ leadId, firstName: 'Grace', openAt: null }]);
  expect((await mine())[0]?.phone).toMatch(/\*/);
  const dueAt = noonThere() + DAY_MS;
  expect((await agent.send('PATCH', path, { dueAt })).status).toBe(200);
  expect(await mine()).toMatchObject([{ dueAt }]);
  const night = await agent.send<ErrorBody>('PATCH', path, { dueAt: dueAt + 12 * 3_600_000 });
  expect([night.status, night.body.error.code]).toEqual([422, 'callback-not-allowed']);
  expect(night.body.error.message).toMatch(/^This appointment could not be kept: .*08:00 to 21:00/);
  expect((await agent.send('DELETE', path)).status).toBe(200);
  expect(await mine()).toEqual([]);
  expect((await agent.send('DELETE', path)).status).toBe(409);
});

test('neither a colleague nor another role reaches them', async () => {
  const { path, agent } = await promised();
  const colleague = (await promised()).agent;
  const dueAt = noonThere() + DAY_MS;
  expect((await colleague.send('PATCH', path, { dueAt })).status).toBe(409);
  expect((await colleague.send('DELETE', path)).status).toBe(409);
  for (const role of ['manager', 'supervisor', 'auditor'] as const) {
    const other = await http().signedIn(role);
    expect((await other.get('/api/agent/callbacks')).status).toBe(403);
    expect((await other.get('/api/agent/lead/history')).status).toBe(403);
    expect((await other.get('/api/agent/recent-calls')).status).toBe(403);
    expect((await other.send('DELETE', path)).status).toBe(403);
  }
  expect((await agent.get<DeskCallbacks>('/api/agent/callbacks')).body.callbacks).toHaveLength(1);
});
