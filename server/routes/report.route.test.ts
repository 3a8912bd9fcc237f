import { beforeAll, expect, test } from 'vitest';
import { seedCall, seedLead, seedOrganization, type Seed } from '../../campaigns/campaign.fixture.ts';
import { localDay } from '../../compliance/local-time.ts';
import type { CallId, CampaignId } from '../../kernel/ids.ts';
import { after, hours, seconds, type EpochMs } from '../../kernel/time.ts';
import type {
  AbandonmentReport,
  AgentReport,
  CallList,
  CallReport,
  DispositionReport,
  MyDay,
} from '../api/report.schema.ts';
import type { ErrorBody } from '../api/scalar.schema.ts';
import { systemClock } from '../clock.ts';
import { useTestHttp, type TestUser } from '../test-http.ts';

const http = useTestHttp();
const ZONE = 'America/New_York';
const now = systemClock.now();
/** An hour ago, unless that was yesterday. */
const placedAt = localDay(ZONE, after(now, hours(-1))) === localDay(ZONE, now) ? after(now, hours(-1)) : now;
const today = localDay(ZONE, now);
const RANGE = `from=${today}&to=${today}`;

let seed: Seed;
let calls: CallId[];
let agent: TestUser;
let manager: TestUser;
let supervisor: TestUser;

beforeAll(async () => {
  const { database } = http();
  seed = await seedOrganization(database);
  const { query } = database.organization;
  await query`update campaign set started_at = ${new Date(placedAt)}`;
  // The fixture's own agent has the extension of the first user.
  [manager, supervisor] = [await http().signedIn('manager'), await http().signedIn('supervisor')];
  agent = await http().signedIn('agent', { poolId: seed.poolId });
  const { leadId } = await seedLead(database, seed, { phones: ['+13055550123'] });
  const call = { leadId, phone: '+13055550123', placedAt };
  const at = (n: number): EpochMs => after(placedAt, seconds(n));
  calls = [
    await seedCall(database, seed, { ...call, ending: 'no-answer', endedAt: at(20) }),
    await seedCall(database, seed, {
      ...call,
      answeredAt: at(5),
      bridgedAt: at(5),
      endedAt: at(60),
      ending: 'connected',
      agentId: agent.agentId,
    }),
    await seedCall(database, seed, {
      ...call,
      answeredAt: at(6),
      endedAt: at(9),
      ending: 'human-abandoned',
    }),
  ];
  await query`
    insert into abandonment_ledger (call_id, organization_id, campaign_id, answered_at, local_day, is_abandoned, is_early_hang_up)
    values (${calls[1]!}, ${seed.organizationId}, ${seed.campaignId}, ${new Date(at(5))}, ${today}, false, false),
           (${calls[2]!}, ${seed.organizationId}, ${seed.campaignId}, ${new Date(at(6))}, ${today}, true, false)`;
  await query`
    insert into call_disposition (call_id, organization_id, campaign_id, lead_id, agent_id, code, at)
    values (${calls[1]!}, ${seed.organizationId}, ${seed.campaignId}, ${leadId}, ${agent.agentId}, 'sale', ${new Date(at(70))})`;
  await query`
    insert into agent_state_change (organization_id, agent_id, at, state)
    values (${seed.organizationId}, ${agent.agentId}, ${new Date(placedAt)}, 'ready'),
           (${seed.organizationId}, ${agent.agentId}, ${new Date(at(5))}, 'talking'),
           (${seed.organizationId}, ${agent.agentId}, ${new Date(at(60))}, 'wrapping-up'),
           (${seed.organizationId}, ${agent.agentId}, ${new Date(at(70))}, 'signed-out')`;
});

test('a manager sees a campaign’s day with every rate’s numerator and denominator', async () => {
  const { status, body } = await manager.get<CallReport>(
    `/api/reports/calls?campaignId=${seed.campaignId}&${RANGE}`,
  );
  expect(status).toBe(200);
  expect(body.total).toMatchObject({
    attempts: 3,
    humanAnswers: 2,
    connected: 1,
    contactRate: { part: 1, whole: 3, rate: 1 / 3 },
    abandonmentRate: { part: 1, whole: 2, rate: 0.5 },
    asr: { part: 2, whole: 3 },
    shortCalls: 1,
    acdMs: (55_000 + 3000) / 2,
  });
  expect(body.rows).toEqual([{ slot: today, figures: body.total }]);
});

test('all campaigns together are the same when there is one, and another organization has nothing', async () => {
  const all = await manager.get<CallReport>(`/api/reports/calls?${RANGE}&by=hour`);
  expect(all.body.rows).toHaveLength(1);
  expect(all.body.total.attempts).toBe(3);
  const organizationId = await http().database.makeOrganization('Others');
  const stranger = await http().signedIn('manager', { organizationId });
  const theirs = await stranger.get<CallReport>(`/api/reports/calls?${RANGE}`);
  expect(theirs.body.rows).toEqual([]);
  const ours = await stranger.get<ErrorBody>(`/api/reports/calls?campaignId=${seed.campaignId}&${RANGE}`);
  expect([ours.status, ours.body.error.code]).toEqual([404, 'not-found']);
  const list = await stranger.get<CallList>(`/api/reports/call-list?${RANGE}`);
  expect(list.body).toEqual({ calls: [], next: null });
});

test('days the wrong way round, and more than a year of them, are refused with the field', async () => {
  const wrong = await manager.get<ErrorBody>('/api/reports/calls?from=2026-12-02&to=2026-12-01');
  expect([wrong.status, wrong.body.error.field]).toEqual([422, 'to']);
  const long = await manager.get<ErrorBody>('/api/reports/calls?from=2025-12-02&to=2026-12-31');
  expect([long.status, long.body.error.field]).toEqual([422, 'from']);
});

test('agents by day, and an agent his own day alone', async () => {
  const { body } = await supervisor.get<AgentReport>(
    `/api/reports/agents?campaignId=${seed.campaignId}&${RANGE}`,
  );
  expect(body.timeZone).toBe(ZONE);
  const figures = {
    signedInMs: 70_000,
    calls: 1,
    dispositions: 1,
    ahtMs: 65_000,
    utilisation: { part: 65_000, whole: 70_000 },
    occupancy: { part: 65_000, whole: 70_000 },
    conversion: { part: 1, whole: 1, rate: 1 },
  };
  expect(body.rows).toMatchObject([
    { agentId: agent.agentId, day: today, figures },
    { agentId: agent.agentId, day: null, figures },
  ]);
  const own = await agent.get<MyDay>('/api/reports/my-day');
  expect(own.body).toMatchObject({ timeZone: ZONE, day: today, figures });
  const idle = await http().signedIn('agent');
  expect((await idle.get<MyDay>('/api/reports/my-day')).body.figures.signedInMs).toBe(0);
  expect((await agent.get('/api/reports/agents?from=2026-12-01&to=2026-12-01')).status).toBe(403);
});

test('dispositions with rates, and abandonment by day and period against the limit', async () => {
  const words = await manager.get<DispositionReport>(`/api/reports/dispositions?${RANGE}`);
  expect(words.body).toMatchObject({
    connected: 1,
    conversion: { part: 1, whole: 1 },
    dispositions: [{ code: 'sale', share: { part: 1, whole: 1 } }],
  });
  const { body } = await manager.get<AbandonmentReport>(`/api/reports/abandonment?${RANGE}`);
  const rate = { abandonmentRate: { part: 1, whole: 2, rate: 0.5 }, rateMax: 0.03 };
  expect(body.days).toMatchObject([{ day: today, earlyHangUps: 0, ...rate }]);
  expect(body.periods).toMatchObject([{ firstDay: today, ...rate }]);
});

test('a figure opens to its calls, page by page, with masked numbers for who may not see them', async () => {
  const idsOf = async (query: string, who = manager): Promise<readonly CallId[]> => {
    const found: CallId[] = [];
    for (let next: string | null = ''; next !== null;) {
      const answer: { body: CallList } = await who.get<CallList>(
        `/api/reports/call-list?${RANGE}&limit=1&${query}${next === '' ? '' : `&after=${next}`}`,
      );
      found.push(...answer.body.calls.map(({ callId }) => callId));
      ({ next } = answer.body);
    }
    return found.toSorted();
  };
  expect(await idsOf('figure=attempts')).toEqual(calls.toSorted());
  expect(await idsOf(`figure=attempts&campaignId=${seed.campaignId}`)).toEqual(calls.toSorted());
  expect(await idsOf('figure=answered')).toEqual([calls[1], calls[2]].toSorted());
  expect(await idsOf('figure=human-answers')).toEqual([calls[1], calls[2]].toSorted());
  expect(await idsOf('figure=connected')).toEqual([calls[1]]);
  expect(await idsOf('figure=abandoned')).toEqual([calls[2]]);
  expect(await idsOf('figure=early-hang-ups')).toEqual([]);
  expect(await idsOf('figure=short-calls')).toEqual([calls[2]]);
  expect(await idsOf('figure=dispositions&code=sale')).toEqual([calls[1]]);
  expect(await idsOf(`figure=connected&agentId=${agent.agentId}`)).toEqual([calls[1]]);
  const hour = Number(new Date(placedAt).toLocaleString('en-GB', { timeZone: ZONE, hour: '2-digit' }));
  expect(await idsOf(`figure=attempts&hour=${hour}`)).toHaveLength(3);
  expect(await idsOf(`figure=attempts&hour=${(hour + 1) % 24}`)).toEqual([]);
  const { body: full } = await manager.get<CallList>(`/api/reports/call-list?${RANGE}&figure=connected`);
  expect(full.calls[0]).toMatchObject({ phone: '+13055550123', leadName: 'Pat Lee', disposition: 'Sale' });
  const { body: masked } = await supervisor.get<CallList>(`/api/reports/call-list?${RANGE}&figure=connected`);
  expect(masked.calls[0]?.phone).toBe('+1305*****23');
});

test('an agent’s days are his organization’s where no campaign is chosen, whatever somebody drafts', async () => {
  const { database } = http();
  const { query } = database.organization;
  await query`
    insert into campaign (campaign_id, organization_id, pool_id, name, time_zone, created_at)
    values (${database.newId<CampaignId>(now)}, ${seed.organizationId}, ${seed.poolId}, 'Draft', 'Pacific/Kiritimati',
            ${new Date(after(now, hours(1)))})`;
  const { body } = await supervisor.get<AgentReport>(`/api/reports/agents?${RANGE}`);
  expect(body.timeZone).toBe(ZONE);
  expect(body.rows).toMatchObject([{ day: today }, { day: null }]);
  expect((await agent.get<MyDay>('/api/reports/my-day')).body).toMatchObject({ timeZone: ZONE, day: today });
  const behind = await supervisor.get<CallList>(`/api/reports/call-list?${RANGE}&agentId=${agent.agentId}`);
  expect(behind.body.calls).toHaveLength(1);
});
