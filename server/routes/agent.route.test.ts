import { describe, expect, test } from 'vitest';
import type { AgentDesk } from '../api/agent-desk.schema.ts';
import type { DeskMessage } from '../api/live-message.ts';
import type { History } from '../api/lead.schema.ts';
import type { ErrorBody } from '../api/scalar.schema.ts';
import type { CallId, CampaignId, Epoch, LeadId, ListId, NumberId } from '../../kernel/ids.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { uuidMadeAt } from '../../kernel/uuid.ts';
import { systemClock } from '../clock.ts';
import { DEFAULT_LIVE } from '../http-settings.ts';
import { putDefaultWords } from '../../campaigns/agent-word.store.ts';
import { useTestHttp, type TestHttp, type TestUser } from '../test-http.ts';
import { FakePoolOwner } from '../test-pool-owner.ts';

const http = useTestHttp();

interface Desk {
  readonly agent: TestUser;
  readonly owner: FakePoolOwner;
  readonly unregister: () => void;
}

async function desk({ pools, database, addPool, signedIn }: TestHttp = http()): Promise<Desk> {
  const poolId = await addPool();
  const owner = new FakePoolOwner(poolId);
  const agent = await signedIn('agent', { poolId });
  owner.setAgent(agent.agentId);
  const { organizationId } = database;
  const unregister = pools.register({ organizationId, epoch: 1 as Epoch, secret: 'owner-secret', owner });
  return { agent, owner, unregister };
}

async function lead() {
  const { organization, organizationId, newId } = http().database;
  const at = systemClock.now();
  const leadId = newId<LeadId>(at);
  const numberId = newId<NumberId>(at);
  const listId = newId<ListId>(at);
  await putDefaultWords(organization.query, organizationId);
  await organization.query`
    insert into lead_list (list_id, organization_id, name, country, created_at)
    values (${listId}, ${organizationId}, ${listId}, 'US', ${new Date(at)})`;
  await organization.query`
    insert into lead (lead_id, organization_id, list_id, first_name, last_name, fields, created_at)
    values (${leadId}, ${organizationId}, ${listId}, 'Grace', 'Hopper', '{"Plan": "gold"}', ${new Date(at)})`;
  await organization.query`
    insert into lead_number (number_id, organization_id, list_id, lead_id, phone, zone_key)
    values (${numberId}, ${organizationId}, ${listId}, ${leadId}, ${'+1305555' + String(at).slice(-4)}, 'America/Chicago|America/New_York')`;
  return { leadId, numberId };
}

function call(change: { callId?: CallId; leadId?: LeadId | null; numberId?: NumberId | null } = {}) {
  return {
    callId: http().database.newId<CallId>(systemClock.now()),
    campaignId: null as CampaignId | null,
    leadId: null,
    numberId: null,
    phone: '+13055550100',
    connectedAt: 1 as EpochMs,
    endedAt: null,
    needsDisposition: true,
    ...change,
  };
}

const isDesk = (message: DeskMessage): message is Extract<DeskMessage, { type: 'desk' }> =>
  message.type === 'desk';

describe('the agent’s screen', () => {
  test('shows the call at once and the lead as soon as it is read', async () => {
    const { agent, owner } = await desk();
    const who = await lead();
    const screen = agent.socket<DeskMessage>('/api/agent/live');
    expect(await screen.next()).toMatchObject({
      type: 'desk',
      desk: { agent: { state: 'ready' }, call: null },
    });
    const inHand = call(who);
    owner.setCall(agent.agentId, inHand);
    const first = await screen.next();
    expect(first).toMatchObject({
      desk: { agent: { state: 'talking' }, call: { callId: inHand.callId, phone: '+13055550100' } },
    });
    const full = await screen.until((message) => isDesk(message) && message.desk.lead !== null);
    expect(full).toMatchObject({
      desk: {
        call: { callId: inHand.callId },
        lead: {
          firstName: 'Grace',
          fields: { Plan: 'gold' },
          zones: ['America/Chicago', 'America/New_York'],
          numbers: [{ numberId: who.numberId, isInHand: true, doNotCall: null }],
          callback: null,
        },
      },
    });
    expect(isDesk(full) && full.desk.dispositions.length).toBeGreaterThan(5);
    const { body } = await agent.get<AgentDesk>('/api/agent');
    expect(body.lead).toEqual(isDesk(full) && full.desk.lead);
    await screen.close();
  });

  test('a state that ends is in the day’s times at once, without a look at the tables', async () => {
    const { agent, owner } = await desk();
    const screen = agent.socket<DeskMessage>('/api/agent/live');
    const first = await screen.next();
    if (!isDesk(first)) throw new Error(`no desk but ${first.type}`);
    const { times } = first.desk.today;
    const since = (first.desk.today.at + 90_000) as EpochMs;
    owner.setAgent(agent.agentId, { state: 'paused', reason: 'break', since });
    const paused = await screen.until((message) => isDesk(message) && message.desk.agent.state === 'paused');
    expect(paused).toMatchObject({
      desk: { today: { at: since, times: { ...times, ready: times.ready + 90_000 } } },
    });
    await screen.close();
  });

  test('offers the outcomes of the campaign in its order and with its keys, fills in the script, and shows what happened', async () => {
    const { agent, owner } = await desk();
    const who = await lead();
    const { organization, organizationId, newId } = http().database;
    const campaignId = newId<CampaignId>(systemClock.now());
    await organization.query`
      insert into campaign (campaign_id, organization_id, pool_id, name, time_zone, created_at, script, form)
      values (${campaignId}, ${organizationId}, ${owner.poolId}, ${campaignId}, 'UTC', ${new Date(systemClock.now())},
              'This is {{agent_name}} for {{first_name}}: {{Plan}}',
              '[{"key":"plan","label":"Plan","type":"text","options":[],"isRequired":true,"writesTo":"Plan"}]')`;
    await organization.query`
      insert into campaign_disposition (campaign_id, code, organization_id, position, hot_key)
      values (${campaignId}, 'no-time', ${organizationId}, 0, 'x'), (${campaignId}, 'sale', ${organizationId}, 1, null)`;
    owner.setCall(agent.agentId, { ...call(who), campaignId });
    const { body } = await agent.get<AgentDesk>('/api/agent');
    expect(body.dispositions.map(({ code, hotKey }) => [code, hotKey])).toEqual([
      ['no-time', 'x'],
      ['sale', '1'],
    ]);
    expect(body.lead).toMatchObject({ known: { plan: 'gold' }, form: [{ key: 'plan' }] });
    expect(JSON.stringify(body.lead?.script)).toMatch(/Ann.*Grace.*gold/);
    const history = await agent.get<History>('/api/agent/lead/history');
    expect(history.body.entries).toMatchObject([{ kind: 'imported' }]);
    const note = { text: 'Wife: (305) 555-0199, after six' };
    expect((await agent.send('POST', `/api/leads/${who.leadId}/notes`, note)).status).toBe(201);
    const [noted] = (await agent.get<History>('/api/agent/lead/history')).body.entries;
    expect(noted?.notes).toMatch(/^Wife: [^9]*\*+99, after six$/);
    owner.setCall(agent.agentId, null);
    expect((await agent.get('/api/agent/lead/history')).status).toBe(404);
  });

  test('names the person of a call that an earlier owner made', async () => {
    const { agent, owner } = await desk();
    const { leadId, numberId } = await lead();
    const inHand = call();
    const { organization, organizationId } = http().database;
    const placedAt = new Date(uuidMadeAt(inHand.callId));
    await organization.query`
      insert into call (call_id, placed_at, organization_id, pool_id, epoch, purpose, lead_id, number_id, phone, clearance,
                        is_simulated, bridged_at, ended_at)
      values (${inHand.callId}, ${placedAt}, ${organizationId}, ${owner.poolId}, 1, 'campaign', ${leadId}, ${numberId},
              '+13055550123', '{}', true, ${placedAt}, ${placedAt})`;
    owner.setCall(agent.agentId, { ...inHand, phone: '', endedAt: systemClock.now() });
    const { body } = await agent.get<AgentDesk>('/api/agent');
    expect(body).toMatchObject({
      call: { phone: '+13055550123', connectedAt: placedAt.getTime(), endedAt: placedAt.getTime() },
      lead: { firstName: 'Grace' },
    });
  });

  test('passes commands on to the owner and tells his “no” as one sentence', async () => {
    const { agent, owner } = await desk();
    const commandId = http().database.newId(systemClock.now());
    expect((await agent.send('POST', '/api/agent/commands', { commandId, type: 'ready' })).status).toBe(200);
    expect(owner.commands).toEqual([{ commandId, agentId: agent.agentId, type: 'ready' }]);
    owner.answer = { ok: false, code: 'not-now', message: 'That is not possible while you are signed out.' };
    const refused = await agent.send<ErrorBody>('POST', '/api/agent/commands', {
      commandId,
      type: 'pause',
      reason: 'lunch',
    });
    expect(refused.status).toBe(409);
    expect(refused.body.error).toEqual({
      code: 'not-now',
      message: 'That is not possible while you are signed out.',
    });
  });

  test('says that nobody runs the pool, on the page and on the socket', async () => {
    const agent = await http().signedIn('agent');
    expect(await agent.get<ErrorBody>('/api/agent')).toMatchObject({
      status: 503,
      body: { error: { code: 'pool-unavailable' } },
    });
    expect((await agent.socket('/api/agent/live').closed).code).toBe(1013);
  });

  test('is told when the pool’s owner goes away', async () => {
    const { agent, unregister } = await desk();
    const screen = agent.socket<DeskMessage>('/api/agent/live');
    await screen.next();
    unregister();
    expect(await screen.next()).toMatchObject({ type: 'unavailable' });
    expect((await screen.closed).code).toBe(1013);
  });
});

describe('a supervisor', () => {
  test('asks for an agent what a supervisor may ask, and no more', async () => {
    const { agent, owner } = await desk();
    const supervisor = await http().signedIn('supervisor');
    const path = `/api/pools/${owner.poolId}/agents/${agent.agentId}/commands`;
    const commandId = http().database.newId(systemClock.now());
    const pause = { commandId, type: 'pause', reason: 'meeting' };
    expect((await supervisor.send('POST', path, pause)).status).toBe(200);
    expect(owner.commands).toEqual([{ ...pause, agentId: agent.agentId }]);
    expect((await supervisor.send('POST', path, { commandId, type: 'hang-up' })).status).toBe(400);
    expect(owner.commands).toHaveLength(1);
  });
});

describe('two browsers as one agent', () => {
  test('the second is told of the first, asks to take over, and the first is closed with a clear message', async () => {
    const { agent, owner } = await desk();
    const first = agent.socket<DeskMessage>('/api/agent/live?screen=one');
    await first.next();
    const second = agent.socket<DeskMessage>('/api/agent/live?screen=two');
    expect(await second.next()).toMatchObject({ type: 'occupied', since: expect.any(Number) as number });
    second.send({ type: 'take-over' });
    expect(await first.closed).toEqual({
      code: 4002,
      reason: 'You went on in another window; this one is closed.',
    });
    expect(await second.next()).toMatchObject({ type: 'desk' });
    owner.setAgent(agent.agentId, { state: 'paused', reason: 'lunch' });
    expect(await second.next()).toMatchObject({
      type: 'desk',
      desk: { agent: { state: 'paused', reason: 'lunch' } },
    });
    await second.close();
  });

  test('the second goes on by itself when the first is closed', async () => {
    const { agent } = await desk();
    const first = agent.socket<DeskMessage>('/api/agent/live?screen=one');
    await first.next();
    const second = agent.socket<DeskMessage>('/api/agent/live?screen=two');
    expect(await second.next()).toMatchObject({ type: 'occupied' });
    await first.close();
    expect(await second.next()).toMatchObject({ type: 'desk' });
    await second.close();
  });

  test('a page that comes back after a broken line takes its own place without being asked', async () => {
    const { agent } = await desk();
    const before = agent.socket<DeskMessage>('/api/agent/live?screen=one');
    await before.next();
    const after = agent.socket<DeskMessage>('/api/agent/live?screen=one');
    expect(await after.next()).toMatchObject({ type: 'desk' });
    expect((await before.closed).code).toBe(4002);
    await after.close();
  });
});

describe('liveness is the server’s ping', () => {
  const quick = useTestHttp({ settings: { live: { ...DEFAULT_LIVE, pingMs: 20, screenGoneMs: 100 } } });
  const patient = useTestHttp({ settings: { live: { ...DEFAULT_LIVE, screenGoneMs: 1500 } } });

  test('an agent without a screen for the set time is paused by the owner', async () => {
    const { agent, owner } = await desk(quick());
    const screen = agent.socket<DeskMessage>('/api/agent/live');
    await screen.next();
    owner.commands.length = 0;
    await screen.close();
    expect(await owner.nextCommand()).toMatchObject({
      agentId: agent.agentId,
      type: 'pause',
      reason: 'screen-lost',
    });
  });

  test('a browser that answers no ping is gone although its connection stands', async () => {
    const { agent, owner } = await desk(quick());
    const screen = agent.socket<DeskMessage>('/api/agent/live');
    await screen.next();
    owner.commands.length = 0;
    // As a machine that sleeps: the connection stands and nobody reads.
    screen.socket.pause();
    expect(await owner.nextCommand()).toMatchObject({ type: 'pause', reason: 'screen-lost' });
    screen.socket.terminate();
  });

  test('an agent whose pool comes to a new owner and who does not come back is paused there', async () => {
    const { agent, owner } = await desk(quick());
    expect(await owner.nextCommand()).toMatchObject({ agentId: agent.agentId, type: 'pause' });
  });

  test('who loads his page again in time is left alone', async () => {
    const { agent, owner } = await desk(patient());
    const before = agent.socket<DeskMessage>('/api/agent/live');
    await before.next();
    await before.close();
    const after = agent.socket<DeskMessage>('/api/agent/live');
    await after.next();
    const other = await desk(patient());
    // The other pool's agent never comes: his pause proves that the time is over.
    await other.owner.nextCommand();
    expect(owner.commands).toEqual([]);
    await after.close();
  });
});
