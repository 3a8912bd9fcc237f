import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { seedLead } from '../campaigns/campaign.fixture.ts';
import { disposeCall } from '../campaigns/call-disposition.store.ts';
import { isKnownZone, localClock, localDay } from '../compliance/local-time.ts';
import type { EndedCall } from '../dialer/call.ts';
import { storedPool, type StoredPool } from '../dialer/stored-pool.fixture.ts';
import type { AgentId, CallId, LeadId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { agentFigures, SIGNED_IN_STATES, type StateTimes } from './agent-figures.ts';
import { readAgentReport } from './agent-report.store.ts';
import { readCallPage } from './call-list.store.ts';
import { readCallReport, type CallReportRow } from './call-report.store.ts';
import { readDispositionReport } from './disposition-report.store.ts';
import {
  answeredMs,
  answerToAgentMs,
  isAnswered,
  isAttempt,
  isConnected,
  isShortCall,
  percentile,
  postDialDelayMs,
  type CallCounts,
  type ReportedCall,
} from './figures.ts';
import { rangeOf } from './report-range.ts';
import { countAllAgain, countMarked } from './report-rollup.store.ts';
import {
  addAgent,
  randomCall,
  randomState,
  storeRandomCalls,
  storeRandomStates,
  type RandomState,
} from './report.fixture.ts';

const testDatabase = useTestDatabase();
const HOUR_MS = 3_600_000;
/** The night in which New York's clock is set back, and the day on both sides of it. */
const FROM = Date.parse('2026-10-31T12:00:00-04:00') as EpochMs;
const SPAN_MS = 40 * HOUR_MS;
const ZONES = ['America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'];
const DAYS = { firstDay: '2026-10-31', lastDay: '2026-11-01' };

let pool: StoredPool;
let agents: readonly AgentId[];
let leadIds: readonly LeadId[];

beforeEach(async () => {
  pool = await storedPool(testDatabase());
  agents = [pool.seed.agentId, await addAgent(pool, 'Bo'), await addAgent(pool, 'Cy')];
  const lead = await seedLead(pool, pool.seed, { phones: ['+13055550001'] });
  leadIds = [lead.leadId];
});

interface RawCall extends ReportedCall {
  readonly placedAt: EpochMs;
  readonly agentId: AgentId | null;
  readonly code: string | null;
}

const readRawCalls = async (): Promise<readonly RawCall[]> =>
  await pool.organization.query<RawCall>`
    select c.placed_at as "placedAt", c.dialled_at as "dialledAt", c.rang_at as "rangAt", c.answered_at as "answeredAt",
           c.bridged_at as "bridgedAt", c.ended_at as "endedAt", c.ending, c.agent_id as "agentId", d.code,
           d.code is distinct from 'machine' as "isPerson"
      from call c left join call_disposition d using (call_id)
     where c.campaign_id = ${pool.seed.campaignId} and c.ending is not null`;

interface RawAnswer {
  readonly answeredAt: EpochMs;
  readonly isAbandoned: boolean;
  readonly isEarlyHangUp: boolean;
}
const readRawAnswers = async (): Promise<readonly RawAnswer[]> =>
  await pool.organization.query<RawAnswer>`
    select answered_at as "answeredAt", is_abandoned as "isAbandoned", is_early_hang_up as "isEarlyHangUp"
      from abandonment_ledger where campaign_id = ${pool.seed.campaignId}`;

const sum = (values: readonly (number | null)[]): number =>
  values.reduce<number>((all, value) => all + (value ?? 0), 0);

function recount(calls: readonly RawCall[], answers: readonly RawAnswer[]): CallCounts {
  const attempts = calls.filter(isAttempt);
  const answered = calls.filter(isAnswered);
  const waits = calls.flatMap((call) => answerToAgentMs(call) ?? []);
  return {
    attempts: attempts.length,
    answered: answered.length,
    answeredMs: sum(answered.map(answeredMs)),
    shortCalls: calls.filter(isShortCall).length,
    connected: calls.filter(isConnected).length,
    rang: attempts.filter(({ rangAt }) => rangAt !== null).length,
    postDialDelayMs: sum(attempts.map(postDialDelayMs)),
    humanAnswers: answers.length,
    abandoned: answers.filter(({ isAbandoned }) => isAbandoned).length,
    earlyHangUps: answers.filter(({ isEarlyHangUp }) => isEarlyHangUp).length,
    answerToAgentP50Ms: percentile(waits, 0.5),
    answerToAgentP95Ms: percentile(waits, 0.95),
  };
}

/** The report as it would be counted by hand from every row. */
async function recountReport(
  zone: string,
  slotOf: (at: EpochMs) => string,
): Promise<readonly CallReportRow[]> {
  const isIn = (at: EpochMs): boolean =>
    localDay(zone, at) >= DAYS.firstDay && localDay(zone, at) <= DAYS.lastDay;
  const calls = (await readRawCalls()).filter(({ placedAt }) => isIn(placedAt));
  const answers = (await readRawAnswers()).filter(({ answeredAt }) => isIn(answeredAt));
  const slots = [
    ...calls.map(({ placedAt }) => placedAt),
    ...answers.map(({ answeredAt }) => answeredAt),
  ].map(slotOf);
  return [
    ...[...new Set(slots)].toSorted().map((slot) => ({
      slot,
      ...recount(
        calls.filter(({ placedAt }) => slotOf(placedAt) === slot),
        answers.filter(({ answeredAt }) => slotOf(answeredAt) === slot),
      ),
    })),
    { slot: null, ...recount(calls, answers) },
  ];
}

async function dispose(calls: readonly EndedCall[], codes: readonly (string | null)[]): Promise<void> {
  for (const [i, { id, times, endedAt }] of calls.entries()) {
    const code = codes[i] ?? null;
    if (code === null || times.agentId === null) continue;
    if (code === 'no-longer-a-word') {
      await pool.organization.query`
        insert into call_disposition (call_id, organization_id, campaign_id, agent_id, code, at)
        values (${id}, ${pool.organizationId}, ${pool.seed.campaignId}, ${times.agentId}, ${code}, ${new Date(endedAt)})`;
      continue;
    }
    const word = {
      callId: id,
      agentId: times.agentId,
      code,
      notes: '',
      callbackAt: null,
      callbackIsMine: false,
      at: endedAt,
    };
    expect(await disposeCall(pool.organization, pool.organizationId, word)).toEqual({ ok: true });
  }
}

const count = async () => await countMarked(pool.organization, pool.organizationId);

describe('reports say what a recount of all rows says, counted ahead or not', () => {
  test.each(ZONES)('calls by day and by hour in %s', async (timeZone) => {
    expect(isKnownZone(timeZone)).toBe(true);
    const range = rangeOf({ campaignId: pool.seed.campaignId, timeZone }, DAYS);
    const compare = async (): Promise<void> => {
      const read = async (by: 'day' | 'hour') =>
        await readCallReport(pool.organization.query, pool.organizationId, { ranges: [range], by });
      expect(await read('day')).toEqual(await recountReport(timeZone, (at) => localDay(timeZone, at)));
      expect(await read('hour')).toEqual(
        await recountReport(timeZone, (at) => localClock(timeZone, at).slice(0, 2)),
      );
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(randomCall(SPAN_MS), { minLength: 1, maxLength: 12 }), {
          minLength: 1,
          maxLength: 3,
        }),
        async (batches) => {
          for (const batch of batches) {
            const calls = await storeRandomCalls(pool, { agents, leadIds, from: FROM }, batch);
            await compare();
            await count();
            await dispose(
              calls,
              batch.map(({ code }) => code),
            );
            await compare();
          }
        },
      ),
      { numRuns: 4 },
    );
    await count();
    await compare();
    await countAllAgain(pool.organization, pool.organizationId);
    await compare();
    expect((await count()).quarters).toBeGreaterThan(0);
    await compare();
  });

  test('dispositions', async () => {
    const zone = 'America/New_York';
    await fc.assert(
      fc.asyncProperty(fc.array(randomCall(SPAN_MS), { minLength: 5, maxLength: 15 }), async (batch) => {
        const calls = await storeRandomCalls(pool, { agents, leadIds, from: FROM }, batch);
        await count();
        await dispose(
          calls,
          // Enough of those that were no contacts.
          batch.map(({ code }, n) => (n % 2 === 0 ? 'machine' : code)),
        );
        const report = await readDispositionReport(pool.organization.query, pool.organizationId, [
          rangeOf({ campaignId: pool.seed.campaignId, timeZone: zone }, DAYS),
        ]);
        const raw = (await readRawCalls()).filter(({ placedAt }) => localDay(zone, placedAt) <= DAYS.lastDay);
        expect(report.connected).toBe(raw.filter(isConnected).length);
        const range = rangeOf({ campaignId: pool.seed.campaignId, timeZone: zone }, DAYS);
        for (const agentId of [null, ...agents]) {
          const opened = await readCallPage(pool.organization.query, pool.organizationId, {
            ...{
              ranges: [range],
              figure: 'connected',
              hour: null,
              agentId,
              code: null,
              limit: 1000,
              after: null,
            },
          });
          const own = raw.filter((call) => agentId === null || call.agentId === agentId);
          expect(opened).toHaveLength(own.filter(isConnected).length);
        }
        const codes = raw.flatMap(({ code }) => code ?? []);
        const counted = Object.fromEntries(
          report.dispositions.map(({ code, calls: times }) => [code, times]),
        );
        const expected = Object.fromEntries(
          [...new Set(codes)].map((code) => [code, codes.filter((other) => other === code).length]),
        );
        expect(counted).toEqual(expected);
        for (const { code, isSale } of report.dispositions) expect(isSale).toBe(code === 'sale');
      }),
      { numRuns: 3 },
    );
  });

  test('agents by day, in time order and out of it', async () => {
    const timeZone = 'America/New_York';
    const [fromAt, toAt] = [FROM, (FROM + SPAN_MS) as EpochMs];
    let changes: readonly RandomState[] = [];
    const callIds = agents.map(() => [0, 1, 2].map(() => pool.newId<CallId>(FROM)));
    const callOf = ({ agent, call }: Pick<RandomState, 'agent' | 'call'>): CallId => callIds[agent]![call]!;
    const words = new Map<CallId, string>();
    const say = async (agent: number, call: number, code: string): Promise<void> => {
      words.set(callOf({ agent, call }), code);
      await pool.organization.query`
        insert into call_disposition (call_id, organization_id, campaign_id, agent_id, code, at)
        values (${callOf({ agent, call })}, ${pool.organizationId}, ${pool.seed.campaignId}, ${agents[agent]!}, ${code}, ${new Date(FROM)})
        on conflict (call_id) do update set code = excluded.code`;
    };
    const read = async (now: EpochMs) =>
      await readAgentReport(pool.organization.query, pool.organizationId, {
        poolId: pool.seed.poolId,
        agentId: null,
        timeZone,
        fromAt,
        toAt,
        now,
      });
    const compare = async (): Promise<void> => {
      const now = (FROM + 37 * HOUR_MS + 1234) as EpochMs;
      const rows = await read(now);
      const counted = Object.fromEntries(
        rows.map(({ agentId, day, times, noPersonMs }) => [
          `${agentId} ${day ?? 'all'}`,
          nonZero({ ...times, noPersonMs }),
        ]),
      );
      expect(counted).toEqual(
        recountStates(changes, {
          agents,
          from: FROM,
          until: Math.min(now, toAt),
          timeZone,
          isNobody: (state) => words.get(callOf(state)) === 'machine',
        }),
      );
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(randomState(SPAN_MS - 4 * HOUR_MS), { minLength: 1, maxLength: 15 }),
        fc.constantFrom('machine', 'machine', 'sale'),
        async (states, code) => {
          changes = [...changes, ...states];
          await storeRandomStates(pool, { agents, from: FROM, callOf }, states);
          await compare();
          await count();
          for (const { agent, call, state } of states) {
            if (HANDLED.includes(state)) await say(agent, call, code);
          }
          await compare();
          await count();
          await compare();
        },
      ),
      { numRuns: 6 },
    );
    await countAllAgain(pool.organization, pool.organizationId);
    await compare();
  });

  test('a word that is flagged as no person, or no more, changes what was counted before', async () => {
    const timeZone = 'America/New_York';
    const [agentId] = agents;
    const callId = pool.newId<CallId>(FROM);
    const shape = { agent: 0, call: 0 };
    await storeRandomStates(pool, { agents, from: FROM, callOf: () => callId }, [
      { ...shape, afterMs: 0, state: 'talking' },
      { ...shape, afterMs: 60_000, state: 'wrapping-up' },
      { ...shape, afterMs: 90_000, state: 'ready' },
      { ...shape, afterMs: 120_000, state: 'signed-out' },
    ]);
    const [bridged] = await storeRandomCalls(pool, { agents, leadIds, from: FROM }, [
      {
        ...{
          placedAfterMs: 0,
          isDialled: true,
          ringAfterMs: 0,
          answerAfterMs: 0,
          bridgeAfterMs: 0,
          lengthMs: 60_000,
        },
        ...{ ending: 'connected', agent: 0, code: null },
      },
    ]);
    for (const id of [callId, bridged!.id]) {
      await pool.organization.query`
        insert into call_disposition (call_id, organization_id, campaign_id, agent_id, code, at)
        values (${id}, ${pool.organizationId}, ${pool.seed.campaignId}, ${agentId!}, 'no-time', ${new Date(FROM)})`;
    }
    const figures = async () => {
      const request = {
        poolId: null,
        agentId: agentId!,
        timeZone,
        fromAt: FROM,
        toAt: (FROM + SPAN_MS) as EpochMs,
      };
      const now = (FROM + SPAN_MS) as EpochMs;
      const rows = await readAgentReport(pool.organization.query, pool.organizationId, { ...request, now });
      const { utilisation, occupancy, calls } = agentFigures(rows.find(({ day }) => day === null)!);
      return { utilisation, occupancy, calls };
    };
    const flag = (isPerson: boolean) => pool.organization.query`
      update disposition set is_person = ${isPerson} where organization_id = ${pool.organizationId} and code = 'no-time'`;
    const busy = {
      utilisation: { part: 90_000, whole: 120_000, rate: 0.75 },
      occupancy: { part: 90_000, whole: 120_000, rate: 0.75 },
      calls: 1,
    };
    const idle = {
      utilisation: { part: 0, whole: 120_000, rate: 0 },
      occupancy: { part: 0, whole: 30_000, rate: 0 },
      calls: 0,
    };
    await count();
    expect(await figures()).toEqual(busy);
    await flag(false);
    expect(await figures()).toEqual(idle);
    await count();
    expect(await figures()).toEqual(idle);
    await flag(true);
    await count();
    expect(await figures()).toEqual(busy);
  });

  test('an agent’s calls and dispositions', async () => {
    const batch = fc.sample(randomCall(SPAN_MS), { numRuns: 25, seed: 7 });
    const calls = await storeRandomCalls(pool, { agents, leadIds, from: FROM }, batch);
    await dispose(
      calls,
      batch.map(({ code }) => code),
    );
    const compare = async (): Promise<void> => {
      const rows = await readAgentReport(pool.organization.query, pool.organizationId, {
        poolId: pool.seed.poolId,
        agentId: null,
        timeZone: 'America/New_York',
        fromAt: FROM,
        toAt: (FROM + SPAN_MS + HOUR_MS) as EpochMs,
        now: (FROM + 2 * SPAN_MS) as EpochMs,
      });
      const raw = await readRawCalls();
      for (const agentId of agents) {
        const own = raw.filter((call) => call.agentId === agentId);
        const whole = rows.find((row) => row.agentId === agentId && row.day === null);
        expect(whole ?? { calls: 0, dispositions: 0, sales: 0 }).toMatchObject({
          calls: own.filter(isConnected).length,
          dispositions: own.filter(({ code }) => code !== null).length,
          sales: own.filter(({ code }) => code === 'sale').length,
        });
      }
    };
    await compare();
    await count();
    await compare();
  });
});

const nonZero = (times: Partial<StateTimes> & { readonly noPersonMs: number }): object =>
  Object.fromEntries(Object.entries(times).filter(([, ms]) => ms > 0));

const HANDLED: readonly string[] = ['talking', 'on-hold', 'consulting', 'wrapping-up'];

/** Minute by minute would be the same and slower: every span is cut at the local midnights of the range. */
function recountStates(
  changes: readonly RandomState[],
  {
    agents: people,
    from,
    until,
    timeZone,
    isNobody,
  }: {
    agents: readonly AgentId[];
    from: EpochMs;
    until: number;
    timeZone: string;
    isNobody: (state: RandomState) => boolean;
  },
): object {
  const sums: Record<string, Partial<Record<string, number>>> = {};
  const add = (key: string, state: string, ms: number): void => {
    sums[key] ??= {};
    sums[key][state] = (sums[key][state] ?? 0) + ms;
  };
  for (const [i, agentId] of people.entries()) {
    const own = changes
      .map((change, order) => ({ ...change, at: from + change.afterMs, order }))
      .filter(({ agent }) => agent === i)
      .toSorted((a, b) => a.at - b.at || a.order - b.order);
    for (const [n, { at, state, ...change }] of own.entries()) {
      const isHandled = HANDLED.includes(state) && isNobody({ ...change, state });
      const end = Math.min(own[n + 1]?.at ?? until, until);
      if (!(SIGNED_IN_STATES as readonly string[]).includes(state)) continue;
      for (let began = at; began < end;) {
        // The clocks change on whole hours here.
        const cut = Math.min(end, (Math.floor(began / HOUR_MS) + 1) * HOUR_MS);
        add(`${agentId} ${localDay(timeZone, began as EpochMs)}`, state, cut - began);
        add(`${agentId} all`, state, cut - began);
        if (isHandled) {
          add(`${agentId} ${localDay(timeZone, began as EpochMs)}`, 'noPersonMs', cut - began);
          add(`${agentId} all`, 'noPersonMs', cut - began);
        }
        began = cut;
      }
    }
  }
  return sums;
}
