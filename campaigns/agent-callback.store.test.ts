import { expect, test } from 'vitest';
import type { AgentId } from '../kernel/ids.ts';
import { hours, type EpochMs } from '../kernel/time.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { cancelAgentCallback, listAgentCallbacks, moveAgentCallback } from './agent-callback.store.ts';
import { attachList } from './campaign-list.store.ts';
import { NOON, seedLead, seedOrganization } from './campaign.fixture.ts';

const testDatabase = useTestDatabase();
const at = (offset: number) => (NOON + offset) as EpochMs;

async function promised(name: string) {
  const { database, makeOrganization, newId } = testDatabase();
  const organizationId = await makeOrganization(name);
  const organization = database.organization(organizationId);
  const ports = { organizationId, organization, newId };
  const seed = await seedOrganization(ports);
  const { leadId } = await seedLead(ports, seed, { phones: ['+13055550101'] });
  await attachList(organization, seed, { listId: seed.listId, priority: 0, at: NOON });
  await organization.query`
    update campaign_lead set state = 'callback', due_at = ${new Date(at(hours(3)))}, callback_agent_id = ${seed.agentId}`;
  await organization.query`update campaign set callback_open_after_ms = 600000`;
  const key = { organizationId, agentId: seed.agentId, campaignId: seed.campaignId, leadId };
  const mine = () => listAgentCallbacks(organization.query, key, 50);
  const lead = async () =>
    (
      await organization.query`select state, finished_why, callback_agent_id, callback_open_at, due_at from campaign_lead`
    )[0];
  return { query: organization.query, key, mine, lead, newId };
}

test('an agent finds his own appointments, the next first, and no colleague’s', async () => {
  const { query, key, mine, newId } = await promised('Calendar');
  expect(await mine()).toMatchObject([
    { leadId: key.leadId, firstName: 'Pat', zones: ['America/New_York'], dueAt: at(hours(3)), openAt: null },
  ]);
  expect(await listAgentCallbacks(query, { ...key, agentId: newId<AgentId>(NOON) }, 50)).toEqual([]);
});

test('moves one to a time that can be kept, and gives it to everybody when he says so', async () => {
  const { query, key, mine, lead } = await promised('Move');
  const move = (dueAt: EpochMs, isMine = true) => moveAgentCallback(query, key, { dueAt, isMine, now: NOON });
  expect(await move(at(-1))).toEqual({ ok: false, problem: 'past' });
  // 23:00 in New York.
  expect(await move(at(hours(11)))).toMatchObject({
    problem: 'not-allowed',
    objection: { rule: 'calling-window', retryAt: at(hours(20)) },
  });
  expect(await lead()).toMatchObject({ due_at: at(hours(3)) });
  expect(await move(at(hours(5)))).toEqual({ ok: true });
  expect(await mine()).toMatchObject([{ dueAt: at(hours(5)), openAt: at(hours(5)) + 600_000 }]);
  expect(await move(at(hours(6)), false)).toEqual({ ok: true });
  expect(await mine()).toEqual([]);
  expect(await lead()).toMatchObject({ state: 'callback', callback_agent_id: null, callback_open_at: null });
  expect(await move(at(hours(7)))).toEqual({ ok: false, problem: 'gone' });
});

test('cancels one: the person is not called again; a colleague’s he cannot', async () => {
  const { query, key, lead, newId } = await promised('Cancel');
  expect(await cancelAgentCallback(query, { ...key, agentId: newId<AgentId>(NOON) })).toBe(false);
  expect(await cancelAgentCallback(query, key)).toBe(true);
  expect(await lead()).toMatchObject({ state: 'finished', finished_why: 'callback-cancelled' });
  expect(await cancelAgentCallback(query, key)).toBe(false);
});
