import { expect, test } from 'vitest';
import { PageCursors } from './page-cursors.store.ts';
import { useTestDatabase } from './test-database.ts';

const testDatabase = useTestDatabase();

async function reader(name: string) {
  const organizationId = await testDatabase().makeOrganization(name);
  return { organizationId, database: testDatabase().database.organization(organizationId) };
}

test('a page that one process began goes on at another, and after a restart', async () => {
  const ours = await reader('Pages');
  const sealed = await new PageCursors().seal(ours, '+13055550101');
  expect(sealed).not.toBeNull();
  const other = new PageCursors();
  for (let time = 0; time < 2; time++) expect(await other.open(ours, sealed!)).toBe('+13055550101');
});

test('the place of another organization is none of ours', async () => {
  const cursors = new PageCursors();
  const sealed = await cursors.seal(await reader('Theirs'), '+13055550101');
  await expect(cursors.open(await reader('Ours'), sealed!)).rejects.toThrow(/start again/);
});

test('the first page asks without one and the last page gives none', async () => {
  const ours = await reader('Ends');
  expect(await new PageCursors().open(ours, undefined)).toBeUndefined();
  expect(await new PageCursors().seal(ours, null)).toBeNull();
});
