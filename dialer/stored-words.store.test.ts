import { expect, test } from 'vitest';
import { ENDINGS } from '../campaigns/ending.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { NEXT_AGENT_STATES } from './agent.ts';

const testDatabase = useTestDatabase();

/** The words that the check constraint of a column allows, as the migrated database has it. */
async function wordsOf(table: string, column: string): Promise<string[]> {
  const [row] = await testDatabase().organization.query<{ definition: string }>`
    select pg_get_constraintdef(oid) as definition from pg_constraint
     where conrelid = ${table}::regclass and conname = ${`${table}_${column}_check`}`;
  return [...(row?.definition ?? '').matchAll(/'([^']+)'/g)].map(([, word]) => word ?? '');
}

test.each<[string, string, readonly string[]]>([
  ['agent_presence', 'state', Object.keys(NEXT_AGENT_STATES)],
  ['agent_presence', 'wanted', ['pause', 'sign-out']],
  ['call', 'ending', ENDINGS],
  ['call', 'hung_up_by', ['customer', 'agent', 'us', 'carrier']],
])('%s.%s allows the words of the code and no others', async (...[table, column, words]) => {
  expect((await wordsOf(table, column)).sort()).toEqual([...words].sort());
});
