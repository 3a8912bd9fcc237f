import pg from 'pg';
import { beforeAll, expect, test } from 'vitest';
import type { OrganizationDatabase, SqlValue } from '../kernel/database.ts';
import { listCampaigns } from '../campaigns/campaign.store.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { zoneKeysOf } from './claim.store.ts';
import {
  claim,
  commit,
  judge,
  LATER,
  NEW_YORK,
  NOON,
  storedPool,
  type StoredPool,
} from './stored-pool.fixture.ts';

const testDatabase = useTestDatabase();
const LEADS = 100_000;
const CHICAGO = 'America/Chicago';

/** A node of PostgreSQL's plan, as far as it is read here. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly PlanNode[];
}

/**
 * Runs the statements of a store as EXPLAIN ANALYZE and keeps their plans; the store gets no rows, but those of the lists from which
 * it makes up its claim.
 */
function explaining(database: OrganizationDatabase, plans: PlanNode[]): OrganizationDatabase {
  const query = async <Row extends object>(
    text: TemplateStringsArray,
    ...values: SqlValue[]
  ): Promise<readonly Row[]> => {
    const [first = '', ...rest] = text;
    if (first.includes('from campaign_list a join')) return await database.query<Row>(text, ...values);
    const strings = [`explain (analyze, buffers, timing off, format json) ${first}`, ...rest];
    const explain = Object.assign(strings, { raw: strings }) as TemplateStringsArray;
    const [row] = await database.query<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>(explain, ...values);
    plans.push(row!['QUERY PLAN'][0]!.Plan);
    return [];
  };
  return { query: query, tx: () => Promise.reject(new Error('not here')) };
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** All nodes of the plan of the one statement that `run` sends. */
async function planOf(
  pool: StoredPool,
  run: (database: OrganizationDatabase) => Promise<unknown>,
): Promise<PlanNode[]> {
  const plans: PlanNode[] = [];
  await run(explaining(pool.organization, plans)).catch(() => undefined);
  expect(plans).toHaveLength(1);
  return nodesOf(plans[0]!);
}

/** Rows that a node looked at, over all its runs. */
const readBy = (node: PlanNode): number =>
  ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)) * (node['Actual Loops'] ?? 1);

function expectNoTableIsReadWhole(nodes: readonly PlanNode[]): void {
  const whole = nodes.filter((node) => node['Node Type'] === 'Seq Scan' && readBy(node) > 50);
  expect(whole.map((node) => node['Relation Name'])).toEqual([]);
}

let pool: StoredPool;

beforeAll(async () => {
  pool = await storedPool(testDatabase());
  const { organizationId, seed } = pool;
  const owner = new pg.Client({ connectionString: testDatabase().superuserUrl });
  await owner.connect();
  // Rows by the hundred thousand: without the checks of foreign keys, which are not what is measured here.
  await owner.query('set session_replication_role = replica');
  await owner.query(
    `insert into lead_number (number_id, organization_id, list_id, lead_id, phone, zone_key)
     select gen_random_uuid(), $1, $2, gen_random_uuid(), '+1' || (2000000000 + n), case n % 2 when 0 then $3 else $4 end
       from generate_series(1, $5::int) n`,
    [organizationId, seed.listId, NEW_YORK, CHICAGO, LEADS],
  );
  // A fifth is finished, a fifth rests for hours at a higher priority, the others are due.
  await owner.query(
    `insert into campaign_lead (campaign_id, lead_id, list_id, organization_id, state, due_at, priority, number_id, phone, zone_key)
     select $1, lead_id, list_id, organization_id, case part when 0 then 'finished' else 'waiting' end,
            case part when 1 then $2::timestamptz else $3::timestamptz end, case part when 1 then 5 else 0 end,
            number_id, phone, zone_key
       from (select *, row_number() over () % 5 as part from lead_number where list_id = $4) n`,
    [seed.campaignId, new Date(LATER(3_600_000)), new Date(LATER(-60_000)), seed.listId],
  );
  await owner.query(
    `insert into do_not_call (organization_id, phone, source, added_at)
     select $1, '+1' || (3000000000 + n), 'import', $2 from generate_series(1, 20000) n`,
    [organizationId, new Date(NOON)],
  );
  await owner.query(
    `insert into call (call_id, placed_at, organization_id, pool_id, epoch, purpose, campaign_id, phone, clearance,
                       is_simulated, dialled_at, ending)
     select gen_random_uuid(), $1, $2, $3, 1, 'campaign', $4, '+1' || (4000000000 + n), '{}', false, $1, 'busy'
       from generate_series(1, 20000) n`,
    [new Date(LATER(-3_600_000)), organizationId, seed.poolId, seed.campaignId],
  );
  await owner.query('vacuum analyze');
  await owner.end();
}, 120_000);

test('the claim reads what it takes and no table whole', async () => {
  const nodes = await planOf(pool, (database) =>
    claim(pool, { database, zoneKeys: [NEW_YORK, CHICAGO], count: 100 }),
  );
  expectNoTableIsReadWhole(nodes);
  const next = nodes.filter((node) => node['Index Name'] === 'campaign_lead_next');
  expect(next.length).toBeGreaterThan(0);
  // 100 of each zone; the 20,000 of higher priority that rest are skipped, not walked through.
  expect(Math.max(...next.map(readBy))).toBeLessThan(1000);
  expect(
    Math.max(...next.map((node) => node['Shared Hit Blocks'] + node['Shared Read Blocks'])),
  ).toBeLessThan(600);
});

test('the zones of a campaign are found by a probe each', async () => {
  const nodes = await planOf(pool, (database) => zoneKeysOf(database, pool.seed.campaignId));
  expectNoTableIsReadWhole(nodes);
  expect(Math.max(...nodes.map(readBy))).toBeLessThan(20);
});

test('the list of campaigns looks at one lead of each, also where a campaign has none that is open', async () => {
  await storedPool(testDatabase());
  const nodes = await planOf(pool, (database) => listCampaigns(database.query, pool.organizationId));
  expect(nodes.some((node) => node['Index Name'] === 'campaign_lead_next')).toBe(true);
  const leads = nodes.filter((node) => node['Relation Name'] === 'campaign_lead');
  expect(Math.max(...leads.map(readBy))).toBeLessThan(10);
});

test('the commit touches the rows of its batch alone', async () => {
  const verdicts = judge(await claim(pool, { count: 100 }));
  expect(verdicts).toHaveLength(100);
  const nodes = await planOf(pool, (database) => commit(pool, verdicts, { database }));
  expectNoTableIsReadWhole(nodes);
  const largest = nodes.filter((node) => node['Relation Name'] !== undefined).map(readBy);
  expect(Math.max(...largest)).toBeLessThan(1000);
});
