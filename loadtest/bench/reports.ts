// How long report pages wait at a million calls: `DATABASE_URL=… node loadtest/bench/reports.ts [CALLS]`, on a database that
// `ringline migrate` has made and nobody uses. Fills four weeks of two campaigns (four fifths of the calls in one of them) with 100
// agents, counts them ahead, and prints one JSON object: milliseconds of each report, the first time and the median of the next nine, and
// beside them the same figures counted from the rows. The organization it makes stays; drop the database afterwards.
import pg from 'pg';
import type { OrganizationDatabase, Query, Tx } from '../../kernel/database.ts';
import type { AgentId, CampaignId, OrganizationId } from '../../kernel/ids.ts';
import type { EpochMs, MonotonicMs } from '../../kernel/time.ts';
import { readLedgerDays } from '../../reports/abandonment-report.store.ts';
import { readAgentReport } from '../../reports/agent-report.store.ts';
import { readCallReport } from '../../reports/call-report.store.ts';
import { readCallPage, type CallFigure } from '../../reports/call-list.store.ts';
import { readDispositionReport } from '../../reports/disposition-report.store.ts';
import { runExport } from '../../reports/export.job.ts';
import type { ExportId } from '../../reports/export.ts';
import { countPenetration, readPenetration } from '../../reports/penetration.store.ts';
import { rangeOf } from '../../reports/report-range.ts';
import { countMarked } from '../../reports/report-rollup.store.ts';

const calls = Number(process.argv[2] ?? 1_000_000);
const WEEKS = 4;
const AGENTS = 100;
const ZONE = 'America/New_York';
const FIRST_DAY = '2026-06-01';
const NOW = Date.parse('2026-06-28T23:00:00-04:00') as EpochMs;
const WEEK = { firstDay: '2026-06-22', lastDay: '2026-06-28' };
const MONTH = { firstDay: FIRST_DAY, lastDay: '2026-06-28' };

pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.NUMERIC, Number);
pg.types.setTypeParser(pg.types.builtins.DATE, String);
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, Date.parse);

const client = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
await client.connect();
const query: Query = async <Row extends object>(text: TemplateStringsArray, ...values: unknown[]) =>
  (
    await client.query<Row>(
      text.reduce((all, part, i) => `${all}$${String(i)}${part}`),
      values,
    )
  ).rows;
const database: OrganizationDatabase = {
  query,
  async tx(work) {
    await client.query('begin');
    const result = await work(query as Tx);
    await client.query('commit');
    return result;
  },
};

const organizationId = crypto.randomUUID() as OrganizationId;
const pool = crypto.randomUUID();
const campaigns = [crypto.randomUUID(), crypto.randomUUID()] as [CampaignId, CampaignId];
const list = crypto.randomUUID();

async function fill(): Promise<void> {
  await client.query(`set ringline.organization_id = '${organizationId}'`);
  await query`insert into organization (organization_id, name, created_at) values (${organizationId}, 'Bench', now())`;
  await query`insert into pool (pool_id, organization_id, name) values (${pool}, ${organizationId}, 'Bench')`;
  await query`
    insert into app_user (user_id, organization_id, email, name, password_hash, role, created_at)
    select gen_random_uuid(), ${organizationId}, gen_random_uuid() || '@example.com', 'Agent ' || i, 'x', 'agent', now()
      from generate_series(1, ${AGENTS}::int) i`;
  await query`
    insert into agent (agent_id, organization_id, pool_id, extension)
    select user_id, ${organizationId}, ${pool}, (1000 + row_number() over ())::text from app_user where organization_id = ${organizationId}`;
  await query`
    insert into disposition (organization_id, code, label, outcome, is_sale, is_right_party)
    values (${organizationId}, 'sale', 'Sale', 'finished', true, true), (${organizationId}, 'no', 'Not interested', 'finished', false, true),
           (${organizationId}, 'wrong', 'Wrong person', 'finished', false, false)`;
  await query`
    insert into campaign (campaign_id, organization_id, pool_id, name, time_zone, started_at, created_at)
    select id, ${organizationId}, ${pool}, 'Bench ' || id, ${ZONE}, timestamptz '2026-06-01 08:00-04', now()
      from unnest(${campaigns}::uuid[]) id`;
  await query`
    insert into lead_list (list_id, organization_id, name, country, created_at) values (${list}, ${organizationId}, 'Bench', 'US', now())`;
  await fillCalls();
}

/** Between 9:00 and 21:00 of each day; of ten attempts three are human answers, of a hundred of those two are abandoned. */
async function fillCalls(): Promise<void> {
  await client.query(
    `
    with agents as (select array_agg(agent_id) as ids from agent where organization_id = $1)
    insert into call (call_id, placed_at, organization_id, pool_id, epoch, purpose, campaign_id, lead_id, phone, clearance, is_simulated,
                      dialled_at, rang_at, answered_at, bridged_at, ended_at, agent_id, ending, hung_up_by, hangup_cause, sip_status,
                      answer_to_agent_ms)
    select (lpad(to_hex((extract(epoch from p) * 1000)::bigint), 12, '0') || '7' || substr(md5(i::text), 1, 3) || '8'
             || substr(md5(i::text), 4, 15))::uuid,
           p, $1, $2, 1, 'campaign', ($3::uuid[])[case when i % 5 = 0 then 2 else 1 end], gen_random_uuid(),
           '+1305' || lpad((i % 10000000)::text, 7, '0'),
           '{"rules": "2026-06", "facts": {"zones": ["America/New_York"], "attempts": 1, "consent": "none"}}', false,
           p, p + '2 s', case when i % 10 < 3 then p + '9 s' end, case when i % 10 < 3 and i % 500 > 9 then p + '9.2 s' end,
           p + case when i % 10 < 3 then interval '9 s' + (i % 240) * interval '1 s' else interval '25 s' end,
           case when i % 10 < 3 and i % 500 > 9 then ids[1 + (i / 10) % ${String(AGENTS)}] end,
           case when i % 10 < 3 and i % 500 > 9 then 'connected' when i % 10 < 3 then 'human-abandoned' else 'no-answer' end,
           'customer', 'NORMAL_CLEARING', 200, case when i % 10 < 3 and i % 500 > 9 then 100 + i % 300 end
      from agents, generate_series(0, $4::int - 1) i
     cross join lateral (select timestamptz '2026-06-01 09:00-04'
         + (i % ${String(WEEKS * 7)}) * interval '1 day' + (i / ${String(WEEKS * 7)}::float8) * interval '12 hours' / ($4 / ${String(WEEKS * 7)}.0)) at(p0)
     cross join lateral (select date_trunc('milliseconds', p0)) placed(p)`,
    [organizationId, pool, campaigns, calls],
  );
  await query`
    insert into abandonment_ledger (call_id, organization_id, campaign_id, answered_at, local_day, is_abandoned, is_early_hang_up)
    select call_id, organization_id, campaign_id, answered_at, (answered_at at time zone ${ZONE})::date, bridged_at is null, false
      from call where organization_id = ${organizationId} and answered_at is not null`;
  await query`
    insert into call_disposition (call_id, organization_id, campaign_id, lead_id, agent_id, code, at)
    select call_id, organization_id, campaign_id, lead_id, agent_id, (array['sale', 'no', 'wrong'])[1 + (extract(epoch from placed_at)::int % 3)],
           ended_at
      from call where organization_id = ${organizationId} and agent_id is not null`;
  await query`
    insert into agent_state_change (organization_id, agent_id, at, state, call_id)
    select organization_id, agent_id, bridged_at + s.after, s.state, call_id
      from call cross join (values ('talking', interval '0'), ('wrapping-up', interval '4 s'), ('ready', interval '9 s'),
                                   ('reserved', interval '12 s')) s(state, after)
     where organization_id = ${organizationId} and agent_id is not null`;
  await query`
    insert into agent_state_change (organization_id, agent_id, at, state)
    select organization_id, agent_id, day + interval '21 hours 10 minutes', 'signed-out'
      from agent cross join generate_series(timestamptz '2026-06-01 00:00-04', ${new Date(NOW)}, interval '1 day') day
     where organization_id = ${organizationId}`;
  await client.query('vacuum analyze');
}

const measured: Record<string, { firstMs: number; medianMs: number }> = {};

async function measure(name: string, work: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < 10; i += 1) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  const [first = 0, ...rest] = times;
  measured[name] = {
    firstMs: Math.round(first),
    medianMs: Math.round(rest.toSorted((a, b) => a - b)[4] ?? 0),
  };
}

await fill();
const counting = performance.now();
await countMarked(database, organizationId);
const countedMs = Math.round(performance.now() - counting);
await countPenetration(database, organizationId, NOW);
await client.query('vacuum analyze');
// From here on as the product's own connections: row-level security is in force.
await client.query('set role ringline_app');

for (const [span, days] of Object.entries({ week: WEEK, month: MONTH })) {
  const ranges = [rangeOf({ campaignId: campaigns[0], timeZone: ZONE }, days)];
  const { fromAt, toAt } = rangeOf({ campaignId: campaigns[0], timeZone: ZONE }, days);
  const agents = { poolId: null, agentId: null, timeZone: ZONE, fromAt, toAt, now: NOW };
  await measure(`calls by day, ${span}`, () => readCallReport(query, organizationId, { ranges, by: 'day' }));
  await measure(`calls by hour, ${span}`, () =>
    readCallReport(query, organizationId, { ranges, by: 'hour' }),
  );
  await measure(`agents by day, ${span}`, () => readAgentReport(query, organizationId, agents));
  await measure(`dispositions, ${span}`, () => readDispositionReport(query, organizationId, ranges));
  await measure(`abandonment, ${span}`, () => readLedgerDays(query, [campaigns[0]], days));
  const someone = await query<{
    id: AgentId;
  }>`select agent_id as id from agent where organization_id = ${organizationId} limit 1`;
  const figures: readonly CallFigure[] = [
    'attempts',
    'connected',
    'abandoned',
    'early-hang-ups',
    'short-calls',
    'dispositions',
  ];
  for (const figure of figures) {
    const page = { ranges, hour: null, agentId: null, code: null, figure, limit: 50, after: null };
    await measure(`calls: ${figure}, ${span}`, () => readCallPage(query, organizationId, page));
    if (figure === 'connected')
      await measure(`calls: of an agent, ${span}`, () =>
        readCallPage(query, organizationId, { ...page, agentId: someone[0]?.id ?? null }),
      );
  }
  await measure(`FROM ROWS: calls by day, ${span}`, () => countFromRows(fromAt, toAt));
}
await measure('penetration', () => readPenetration(query, organizationId, campaigns[0]));

async function countFromRows(fromAt: EpochMs, toAt: EpochMs): Promise<void> {
  await query`
    select (placed_at at time zone ${ZONE})::date, count(*) filter (where ending <> 'carrier-failure'),
           count(*) filter (where answered_at is not null), sum(ended_at - answered_at), count(*) filter (where bridged_at is not null),
           avg(rang_at - dialled_at), percentile_disc(array[0.5, 0.95]) within group (order by answer_to_agent_ms)
      from call where organization_id = ${organizationId} and campaign_id = ${campaigns[0]}
       and placed_at >= ${new Date(fromAt)} and placed_at < ${new Date(toAt)} and ending is not null
     group by 1`;
}

/** All calls as a file, and what it costs this process beyond what it had. */
async function exportAll(): Promise<{ rows: number; seconds: number; memoryMb: number }> {
  const exportId = crypto.randomUUID() as ExportId;
  const request = { kind: 'calls', from: MONTH.firstDay, to: MONTH.lastDay, figure: 'calls' };
  await query`
    insert into export_job (export_id, organization_id, kind, request, requested_by, requested_at, locale, has_full_phones)
    select ${exportId}, ${organizationId}, 'calls', ${JSON.stringify(request)}::text::jsonb, agent_id, now(), 'en', true
      from agent where organization_id = ${organizationId} limit 1`;
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 50);
  const began = performance.now();
  const clock = { now: () => NOW, monotonic: () => 0 as MonotonicMs };
  const masked = { phone: String, text: String };
  await runExport({ database, organizationId, clock, masked }, exportId);
  clearInterval(watch);
  const seconds = Math.round(performance.now() - began) / 1000;
  const [job] = await query<{ rows: number }>`select rows from export_job where export_id = ${exportId}`;
  return { rows: job?.rows ?? 0, seconds, memoryMb: Math.round((most - before) / 1_000_000) };
}
const exported = await exportAll();

process.stdout.write(
  `${JSON.stringify({ calls, countedAheadMs: countedMs, exported, measured }, null, 1)}\n`,
);
await client.end();
