import { expect, test } from 'vitest';
import { seedOrganization } from '../../campaigns/campaign.fixture.ts';
import type { CampaignId, Epoch, PoolId } from '../../kernel/ids.ts';
import type { PhoneNumber } from '../../kernel/phone.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { ErrorBody } from '../api/scalar.schema.ts';
import { systemClock } from '../clock.ts';
import { useTestHttp, type TestUser } from '../test-http.ts';
import { FakePoolOwner } from '../test-pool-owner.ts';

const http = useTestHttp();

let seeded: Promise<CampaignId> | null = null;
/** One campaign of the organization is enough. */
const campaign = (): Promise<CampaignId> =>
  (seeded ??= seedOrganization(http().database).then(({ campaignId }) => campaignId));

async function desk(): Promise<{ agent: TestUser; owner: FakePoolOwner; campaignId: CampaignId }> {
  const { pools, database, addPool, signedIn } = http();
  const campaignId = await campaign();
  const poolId: PoolId = await addPool();
  const owner = new FakePoolOwner(poolId);
  const agent = await signedIn('agent', { poolId });
  owner.setAgent(agent.agentId);
  pools.register({
    organizationId: database.organizationId,
    epoch: 1 as Epoch,
    secret: 'owner-secret',
    owner,
  });
  return { agent, owner, campaignId };
}

const commandId = (): string => http().database.newId(systemClock.now());

test('a typed number becomes a lead of the campaign, and the owner is told to dial that', async () => {
  const { agent, owner, campaignId } = await desk();
  const ask = (phone: string) =>
    agent.send<ErrorBody>('POST', '/api/agent/commands', {
      commandId: commandId(),
      type: 'dial-number',
      campaignId,
      phone,
    });
  expect((await ask('(305) 555-0177')).status).toBe(200);
  expect((await ask('+1 305 555 0177')).status).toBe(200);
  const [first, second] = owner.commands;
  expect(first).toMatchObject({ type: 'dial', campaignId, agentId: agent.agentId });
  expect(second).toMatchObject({ ...first, commandId: expect.any(String) as string });
  const misread = await ask('12345');
  expect(misread).toMatchObject({ status: 422, body: { error: { field: 'phone' } } });
  expect(owner.commands).toHaveLength(2);
});

test('a campaign that the organization does not have is not there', async () => {
  const { agent, owner } = await desk();
  const body = {
    commandId: commandId(),
    type: 'dial-number',
    campaignId: commandId(),
    phone: '+13055550178',
  };
  expect((await agent.send('POST', '/api/agent/commands', body)).status).toBe(404);
  expect(owner.commands).toEqual([]);
});

test('only an agent dials', async () => {
  const { campaignId } = await desk();
  const supervisor = await http().signedIn('supervisor');
  const body = { commandId: commandId(), type: 'dial-number', campaignId, phone: '+13055550178' };
  expect((await supervisor.send('POST', '/api/agent/commands', body)).status).toBe(403);
});

test('what the gate refused is said in the agent’s language, as in the lead’s history', async () => {
  const { agent, owner } = await desk();
  owner.answer = {
    ...{ ok: false, code: 'refused', message: 'not called' },
    refusal: {
      ...{ rule: 'do-not-call', facts: { scope: 'organization' }, phone: '+13055550100' as PhoneNumber },
      ...{ zones: ['America/New_York'], at: 1 as EpochMs, retryAt: null },
    },
  };
  const dial = () =>
    agent.send<ErrorBody>('POST', '/api/agent/commands', {
      ...{ commandId: commandId(), type: 'preview-dial', leadId: commandId() },
    });
  const said = 'not called: the number is on the do-not-call list';
  expect(await dial()).toMatchObject({ status: 409, body: { error: { code: 'refused', message: said } } });
  await agent.send('PATCH', '/api/session', { locale: 'zh-CN' });
  expect((await dial()).body.error.message).toMatch(/勿扰名单/);
});
