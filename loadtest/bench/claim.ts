// How long a claim of 100 leads takes: `DATABASE_URL=… node loadtest/bench/claim.ts [LEADS [CLAIMS]]`, on a database that
// `ringline migrate` has made and nobody uses, as a superuser. Fills one campaign with 8 lists in 20 zones (a million waiting leads by
// default) and claims as a pool's owner does, over the product's own kind of connection. Between the claims it takes 100 rows of a bare
// queue of the same length with `for update skip locked` on one index: whatever else the machine does slows both, so read the ratio.
// Prints one JSON object in milliseconds. The organization it makes stays and is used again; drop the database afterwards.
import pg from 'pg';
import { claimLeads } from '../../dialer/claim.store.ts';
import type { Fence } from '../../dialer/fence.ts';
import { takePool } from '../../dialer/lease.store.ts';
import type { OrganizationDatabase, Query } from '../../kernel/database.ts';
import type { CampaignId, OrganizationId, PoolId } from '../../kernel/ids.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { uuidV7 } from '../../kernel/uuid.ts';

const [leads = 1_000_000, claims = 300] = process.argv.slice(2).map(Number);
const LISTS = 8;
const ZONES = 20;
const COUNT = 100;
const NOW = Date.parse('2026-11-20T17:00:00Z') as EpochMs;

pg.types.setTypeParser(pg.types.builtins.INT8, Number);
const connectionString = process.env['DATABASE_URL'];
const newId = uuidV7((into) => void crypto.getRandomValues(into));
const zoneKeys = Array.from({ length: ZONES }, (_, i) => `Bench/Zone_${String(i)}`);

interface Ids {
  readonly organizationId: OrganizationId;
  readonly poolId: PoolId;
  readonly campaignId: CampaignId;
}

/** Prepared under a name, as the product's driver does: PostgreSQL may keep one plan for all values. */
function queryOf(client: pg.Client): Query {
  const names = new Map<TemplateStringsArray, string>();
  return async <Row extends object>(text: TemplateStringsArray, ...values: unknown[]) => {
    const name = names.get(text) ?? `bench_${String(names.size)}`;
    names.set(text, name);
    const joined = text.reduce((all, part, i) => `${all}$${String(i)}${part}`);
    return (await client.query<Row>({ name, text: joined, values })).rows;
  };
}

/** Half of the lists were attached at one moment each, the leads of the others are due at moments of their own. */
function fillStatements({ organizationId, poolId, campaignId }: Ids): readonly string[] {
  const organization = `'${organizationId}'`;
  const list = `('00000000-0000-7000-8000-00000000000' || %s)::uuid`;
  const listOf = (n: string): string => list.replace('%s', `(${n}) % ${String(LISTS)}`);
  return [
    'set session_replication_role = replica',
    `insert into organization (organization_id, name, created_at) values (${organization}, 'Claim bench', now())`,
    `insert into pool (pool_id, organization_id, name) values ('${poolId}', ${organization}, 'Bench')`,
    `insert into campaign (campaign_id, organization_id, pool_id, name, state, time_zone, created_at)
     values ('${campaignId}', ${organization}, '${poolId}', 'Claim bench', 'running', 'America/New_York', now())`,
    `insert into lead_list (list_id, organization_id, name, country, created_at)
     select ${listOf('i')}, ${organization}, 'Bench ' || i, 'US', now() from generate_series(0, ${String(LISTS - 1)}) i`,
    `insert into campaign_list (campaign_id, list_id, organization_id, weight)
     select '${campaignId}', list_id, organization_id, 1 + right(list_id::text, 1)::int % 3 from lead_list where organization_id = ${organization}`,
    `insert into lead_number (number_id, organization_id, list_id, lead_id, phone, zone_key)
     select gen_random_uuid(), ${organization}, ${listOf('n')}, gen_random_uuid(), '+1' || (2000000000 + n),
            'Bench/Zone_' || (hashint8(n) & 1048575) % ${String(ZONES)}
       from generate_series(1, ${String(leads)}::bigint) n`,
    `insert into campaign_lead (campaign_id, lead_id, list_id, organization_id, state, due_at, number_id, phone, zone_key)
     select '${campaignId}', lead_id, list_id, organization_id, 'waiting',
            timestamptz '2026-11-20 08:00+00' - case when right(list_id::text, 1)::int % 2 = 0 then interval '0'
              else (hashtext(phone) & 65535) * interval '1 minute' end, number_id, phone, zone_key
       from lead_number where organization_id = ${organization}`,
    // One lead in ten was called in the last day.
    `insert into call (call_id, placed_at, organization_id, pool_id, epoch, purpose, campaign_id, lead_id, phone, clearance, is_simulated,
                       dialled_at, ending)
     select gen_random_uuid(), timestamptz '2026-11-20 16:00+00' - (hashtext(phone) & 65535) * interval '1 second', organization_id,
            '${poolId}', 1, 'campaign', '${campaignId}', lead_id, phone, '{}', true, now(), 'no-answer'
       from lead_number where organization_id = ${organization} and hashtext(phone) % 10 = 0`,
    `insert into do_not_call (organization_id, phone, source, added_at)
     select ${organization}, '+1' || (3000000000 + n), 'import', now() from generate_series(1, 100000) n`,
    `create table bench_queue (item uuid primary key, due_at timestamptz not null, is_waiting boolean not null default true)`,
    `insert into bench_queue (item, due_at) select lead_id, due_at from campaign_lead where campaign_id = '${campaignId}'`,
    `create index bench_queue_next on bench_queue (due_at, item) where is_waiting`,
    'grant all on bench_queue to ringline_app',
    'set session_replication_role = origin',
    'vacuum analyze',
  ];
}

async function fill(): Promise<Ids> {
  const owner = new pg.Client({ connectionString });
  await owner.connect();
  const known = await owner.query<Ids>(`
    select organization_id as "organizationId", pool_id as "poolId", campaign_id as "campaignId"
      from campaign where name = 'Claim bench'`);
  const made = { organizationId: newId<OrganizationId>(NOW), poolId: newId<PoolId>(NOW) };
  const ids = known.rows[0] ?? { ...made, campaignId: newId<CampaignId>(NOW) };
  if (known.rows.length === 0) {
    for (const statement of fillStatements(ids)) {
      const began = performance.now();
      await owner.query(statement);
      process.stderr.write(
        `${statement.trim().slice(0, 60)}… ${String(Math.round(performance.now() - began))} ms\n`,
      );
    }
  }
  await owner.end();
  return ids;
}

const ids = await fill();
const client = new pg.Client({
  connectionString,
  options: `-c role=ringline_app -c ringline.organization_id=${ids.organizationId}`,
});
await client.connect();
const query = queryOf(client);
const database: OrganizationDatabase = { query, tx: () => Promise.reject(new Error('a claim needs none')) };
await query`update pool_heartbeat set expires_at = '-infinity' where pool_id = ${ids.poolId}`;
const epoch = await takePool(database, { ...ids, ownerAddress: '', ownerSecret: '', at: NOW });
if (epoch === null) throw new Error('Somebody else has the pool of the benchmark.');
const fence: Fence = { poolId: ids.poolId, epoch };

async function timed(into: number[], work: () => Promise<{ readonly length: number }>): Promise<void> {
  const began = performance.now();
  const { length } = await work();
  into.push(performance.now() - began);
  if (length !== COUNT)
    throw new Error(`Bug: ${String(length)} taken instead of ${String(COUNT)}; fill it with more leads.`);
}

const claimed: number[] = [];
const selected: number[] = [];
const taken: number[] = [];
for (let i = 0; i < claims; i += 1) {
  // Each some hundred milliseconds later, as claims come.
  const now = (NOW + i * 337) as EpochMs;
  await timed(claimed, () => claimLeads(database, fence, { ...ids, zoneKeys, count: COUNT, now, newId }));
  await timed(
    selected,
    () => query`
      select item from bench_queue where is_waiting and due_at <= ${new Date(now)}
       order by due_at, item limit ${COUNT} for update skip locked`,
  );
  await timed(
    taken,
    () => query`
      update bench_queue set is_waiting = false
       where item in (select item from bench_queue where is_waiting and due_at <= ${new Date(now)}
                       order by due_at, item limit ${COUNT} for update skip locked)
      returning item`,
  );
}
await client.end();

const at = (times: readonly number[], share: number): number =>
  times.toSorted((a, b) => a - b)[Math.floor(share * (times.length - 1))] ?? 0;
const round = (value: number): number => Math.round(value * 10) / 10;
const figures = (times: readonly number[]): { p50: number; p99: number } => ({
  p50: round(at(times, 0.5)),
  p99: round(at(times, 0.99)),
});
const ratio = (share: number, of: readonly number[]): number => round(at(claimed, share) / at(of, share));
process.stdout.write(
  `${JSON.stringify(
    {
      ...{ leads, lists: LISTS, zones: ZONES, claims, count: COUNT },
      claimMs: figures(claimed),
      bareSelectMs: figures(selected),
      bareTakeMs: figures(taken),
      claimToBareSelect: { p50: ratio(0.5, selected), p99: ratio(0.99, selected) },
      claimToBareTake: { p50: ratio(0.5, taken), p99: ratio(0.99, taken) },
    },
    null,
    1,
  )}\n`,
);
