import { expect, test } from 'vitest';
import { codeParamsSchema } from '../../../server/api/agent-desk.schema.ts';
import { newTrunkSchema } from '../../../server/api/pool.schema.ts';
import { adminPagesOf } from '../session/access.ts';
import { codeFor } from './reason-code.ts';
import { shownFields } from './shown-fields.ts';
import { NEW_TRUNK } from './trunk-form.ts';

test('a reason gets a code of its own that the server takes, also when it is Chinese', () => {
  const codes: string[] = [];
  for (const label of ['Café & rest', 'cafe   rest', '休息', '会议']) codes.push(codeFor(label, codes));
  expect(codes).toEqual(['cafe-rest', 'cafe-rest-2', 'reason-1', 'reason-2']);
  for (const code of codes) expect(codeParamsSchema.safeParse({ code }).success).toBe(true);
});

test('what a new trunk begins with is what the server takes', () => {
  expect(newTrunkSchema.safeParse({ ...NEW_TRUNK, name: 'Carrier' }).success).toBe(true);
});

test('a recorded change is shown field by field, without what is empty on both sides', () => {
  const shown = shownFields(
    {
      before: { name: 'A', team: null, isActive: true, poolId: 'p1' },
      after: { name: 'B', team: null, isActive: false, poolId: 'p2', secondFactorRoles: ['admin'], n: 7 },
    },
    new Map([['p1', 'Day']]),
  );
  expect(shown).toEqual([
    { name: 'Name', before: 'A', after: 'B' },
    { name: 'Active', before: 'yes', after: 'no' },
    { name: 'Agent pool', before: 'Day', after: 'p2' },
    { name: 'Second factor for', before: null, after: 'Administrator' },
    { name: 'n', before: null, after: '7' },
  ]);
});

test('everybody finds the pages of the administration that are his', () => {
  expect(adminPagesOf('agent')).toEqual([]);
  expect(adminPagesOf('auditor').map(({ page }) => page)).toEqual(['changes']);
  expect(adminPagesOf('admin').length).toBeGreaterThan(adminPagesOf('manager').length);
});
