import { expect, test } from 'vitest';
import { newUserSchema, userChangeSchema } from '../../../server/api/user.schema.ts';
import type { User } from '../../../server/api.ts';
import { UserForm } from './user-form.svelte.ts';

const poolId = '01900000-0000-7000-8000-000000000001';
const user: User = {
  userId: 'u1' as User['userId'],
  email: 'ana@example.org',
  name: 'Ana',
  role: 'agent',
  locale: 'en',
  isActive: true,
  createdAt: 0 as User['createdAt'],
  team: null,
  mustChangePassword: false,
  hasSecondFactor: false,
  agent: { poolId: poolId as NonNullable<User['agent']>['poolId'], extension: '1001', isAutomatic: false },
};

test('a new agent needs name, address, pool and extension', () => {
  const form = new UserForm(null);
  expect(form.gaps).toEqual(['name', 'email', 'poolId', 'extension']);
  Object.assign(form.fields, {
    name: ' Ana ',
    email: 'ana@example.org',
    poolId,
    extension: '1001',
  });
  expect(form.gaps).toEqual([]);
  expect(newUserSchema.safeParse(form.forNew).success).toBe(true);
});

test('other roles have no seat, and none is sent for them', () => {
  const form = new UserForm(null);
  Object.assign(form.fields, {
    name: 'Olga',
    email: 'olga@example.org',
    role: 'officer',
    poolId,
  });
  expect(form.gaps).toEqual([]);
  expect(form.forNew).not.toHaveProperty('agent');
});

test('an extension is digits and nothing that could call the world', () => {
  const form = new UserForm(user);
  for (const wrong of ['1', '1555@carrier', 'sofia/gateway/x', '123456789']) {
    form.fields.extension = wrong;
    expect(form.gaps).toEqual(['extension']);
  }
});

test('a change says the team, and none where there is none', () => {
  const form = new UserForm(user);
  form.fields.name = 'Ana Torres';
  expect(form.change).toMatchObject({ name: 'Ana Torres', teamId: null });
  form.fields.teamId = poolId;
  expect(userChangeSchema.safeParse(form.change).success).toBe(true);
  expect(form.change.teamId).toBe(poolId);
});
