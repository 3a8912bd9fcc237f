import pg from 'pg';
import { expect, test } from 'vitest';
import { useTestDatabase } from './test-database.ts';

const testDatabase = useTestDatabase();

/** Tables that belong to no organization: the app role reaches them through functions only. */
const WITHOUT_ORGANIZATION = ['installation_secret_key', 'ringline_migration', 'sign_in_attempt'];
const WITHOUT_ORGANIZATION_SQL = WITHOUT_ORGANIZATION.map((name) => `'${name}'`).join(', ');

async function ask<Row extends object>(text: string): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: testDatabase().superuserUrl });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

const names = (rows: readonly { name: string }[]): string[] => rows.map(({ name }) => name);

test('every table has an organization and forced row-level security', async () => {
  const open = await ask<{ name: string }>(`
    select c.relname as name from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and not (c.relrowsecurity and c.relforcerowsecurity and exists (
             select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id' and a.attnotnull))
     order by 1`);
  expect(names(open)).toEqual(WITHOUT_ORGANIZATION);
});

test('every policy that the app role is under compares the organization, for reading and for writing', async () => {
  const lax = await ask<{ name: string }>(`
    select format('%s.%s', tablename, policyname) as name from pg_policies
     where schemaname = 'public' and roles && array['public', 'ringline_app']::name[]
       and (qual not like '%organization_id = %ringline_organization()%' or qual is null
         or with_check not like '%organization_id = %ringline_organization()%' or with_check is null)`);
  expect(names(lax)).toEqual([]);
});

test('the app role owns nothing, reaches no partition around its parent, may not truncate, nor read what belongs to no organization', async () => {
  const reachable = await ask<{ name: string }>(`
    select c.relname as name from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
       and (pg_has_role('ringline_app', c.relowner, 'usage')
         or has_table_privilege('ringline_app', c.oid, 'truncate, references, trigger')
         or ((c.relispartition or c.relname in (${WITHOUT_ORGANIZATION_SQL}))
             and has_table_privilege('ringline_app', c.oid, 'select, insert, update, delete')))`);
  expect(names(reachable)).toEqual([]);
});

test('functions that see all organizations fix their search path', async () => {
  const loose = await ask<{ name: string }>(`
    select p.proname as name from pg_proc p
     where p.pronamespace = 'public'::regnamespace and p.prosecdef
       and not coalesce(p.proconfig::text like '%search_path=%', false)`);
  expect(names(loose)).toEqual([]);
});

/** Every column that must be given, filled with something its type takes; foreign keys and checks are switched off for it. */
async function fillEveryTable(organizations: readonly string[]): Promise<string[]> {
  const tables = await ask<{ name: string; columns: { name: string; type: string }[] }>(`
    select c.relname as name,
           json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, null)) order by a.attnum) as columns
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and a.attnotnull and not a.atthasdef and c.relname not in (${WITHOUT_ORGANIZATION_SQL}, 'organization')
     group by c.relname`);
  const filler = (type: string): string =>
    ({
      uuid: 'gen_random_uuid()',
      'timestamp with time zone': 'now()',
      date: 'current_date',
      boolean: 'true',
      jsonb: `'{}'::jsonb`,
      bytea: `decode(md5(random()::text), 'hex')`,
      bigint: '(random() * 1e9)::bigint',
      integer: '(random() * 1e9)::int',
      'double precision': 'random()',
    })[type] ?? (type.endsWith('[]') ? `'{}'::${type}` : `md5(random()::text)::${type}`);
  const statements = tables.flatMap(({ name, columns }) =>
    organizations.map(
      (organization) =>
        `insert into ${name} (${columns.map((c) => `"${c.name}"`).join(', ')}) values (${columns
          .map((c) => (c.name === 'organization_id' ? `'${organization}'` : filler(c.type)))
          .join(', ')});`,
    ),
  );
  const checks = await ask<{ statement: string }>(`
    select format('alter table %s drop constraint %I;', conrelid::regclass, conname) as statement
      from pg_constraint where connamespace = 'public'::regnamespace and contype = 'c' and conparentid = 0
       and conislocal`);
  await ask(
    ['set session_replication_role = replica;', ...checks.map((c) => c.statement), ...statements].join('\n'),
  );
  return tables.map(({ name }) => name);
}

test('no organization can read, change, move or delete a row of another in any table', async () => {
  const { database, organizationId: ours, makeOrganization } = testDatabase();
  const theirs = await makeOrganization('Theirs');
  const tables = await fillEveryTable([ours, theirs]);
  expect(tables.length).toBeGreaterThan(15);
  const db = database.organization(ours);
  const tag = (text: string): TemplateStringsArray => Object.assign([text], { raw: [text] });
  for (const table of [...tables, 'organization']) {
    const seen = await db.query<{ id: string }>(tag(`select distinct organization_id as id from ${table}`));
    expect({ table, seen }).toEqual({ table, seen: [{ id: ours }] });
    const denied = { name: 'SqlError', code: '42501' };
    // Refused for want of the privilege or of the policy, or nothing of theirs is hit.
    const attempts = [
      `update ${table} set organization_id = '${theirs}' where organization_id = '${ours}' returning 1`,
      `update ${table} set organization_id = '${ours}' where organization_id = '${theirs}' returning 1`,
      `delete from ${table} where organization_id = '${theirs}' returning 1`,
      `insert into ${table} (organization_id) values ('${theirs}')`,
    ];
    for (const attempt of attempts) {
      const result = await db.query(tag(attempt)).catch((error: unknown) => error);
      if (Array.isArray(result)) expect([attempt, result]).toEqual([attempt, []]);
      else expect(result, attempt).toMatchObject(denied);
    }
  }
  const untouched = await ask<{ count: number }>(
    `select count(*)::int as count from lead_list where organization_id = '${theirs}'`,
  );
  expect(untouched).toEqual([{ count: 1 }]);
});
