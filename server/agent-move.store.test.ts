import { expect, test } from 'vitest';
import { NOON, seedLead, seedOrganization } from '../campaigns/campaign.fixture.ts';
import type { PoolId } from '../kernel/ids.ts';
import { finishMove, loadWaitingMoves, putWaitingMove } from './agent-move.store.ts';
import type { ActionId } from './api/supervisor.schema.ts';
import { useTestDatabase } from './test-database.ts';

const testDatabase = useTestDatabase();

test('an agent who moves to another pool leaves his callbacks to those who stay; one whose move is taken back keeps them', async () => {
  const ports = testDatabase();
  const { organization, organizationId, newId } = ports;
  const { query } = organization;
  const seed = await seedOrganization(ports);
  const { agentId, campaignId, poolId } = seed;
  const { leadId, numberIds } = await seedLead(ports, seed, { phones: ['+13055550101'] });
  await query`
    insert into campaign_list (campaign_id, list_id, organization_id) values (${campaignId}, ${seed.listId}, ${organizationId})`;
  await query`
    insert into campaign_lead (campaign_id, lead_id, organization_id, state, due_at, number_id, phone, zone_key, callback_agent_id)
    values (${campaignId}, ${leadId}, ${organizationId}, 'callback', ${new Date(NOON)}, ${numberIds[0] ?? ''}, '+13055550101',
            'America/New_York', ${agentId})`;
  const other = newId<PoolId>(NOON);
  await query`insert into pool (pool_id, organization_id, name) values (${other}, ${organizationId}, 'Service')`;
  const owner = async () => (await query`select callback_agent_id as "agentId" from campaign_lead`)[0];
  const move = async (outcome: 'done' | 'taken-back'): Promise<boolean> => {
    const actionId = newId<ActionId>(NOON);
    await query`
      insert into supervisor_action (action_id, organization_id, agent_id, by_user_id, at, kind, pool_id)
      values (${actionId}, ${organizationId}, ${agentId}, ${agentId}, ${new Date(NOON)}, 'move', ${other})`;
    await organization.tx((tx) => putWaitingMove(tx, { organizationId, agentId, actionId }));
    const [waiting] = await loadWaitingMoves(organization, { poolId, agentId });
    return await organization.tx((tx) => finishMove(tx, { organizationId, move: waiting!, outcome }));
  };
  expect(await move('taken-back')).toBe(true);
  expect(await owner()).toEqual({ agentId });
  expect(await move('done')).toBe(true);
  expect(await owner()).toEqual({ agentId: null });
});
