import { expect, test } from 'vitest';
import type { AdminChanges } from '../api/admin-change.schema.ts';
import type { Organization } from '../api/organization.schema.ts';
import type { Pool, Trunk, TrunkTest } from '../api/pool.schema.ts';
import type { ErrorBody } from '../api/scalar.schema.ts';
import { useTestHttp } from '../test-http.ts';

const http = useTestHttp();
const template = { dialTemplate: 'sofia/gateway/carrier/9{number}' };

test.each([
  ['e164', '+442079460958', 'sofia/gateway/carrier/9+442079460958'],
  ['e164-without-plus', '+442079460958', 'sofia/gateway/carrier/9442079460958'],
  ['national', '+442079460958', 'sofia/gateway/carrier/902079460958'],
  ['national', '(305) 555-0100', 'sofia/gateway/carrier/93055550100'],
])('an admin sees what a trunk would dial, %s of %s', async (numberFormat, number, destination) => {
  const admin = await http().signedIn('admin');
  const answer = await admin.send<TrunkTest>('POST', '/api/trunks/test', {
    ...template,
    numberFormat,
    number,
  });
  expect(answer.body.destination).toBe(destination);
});

test('a test says what is wrong with the number or the dial string', async () => {
  const admin = await http().signedIn('admin');
  const ask = (change: object) =>
    admin.send<ErrorBody>('POST', '/api/trunks/test', {
      ...template,
      numberFormat: 'e164',
      number: '+442079460958',
      ...change,
    });
  expect((await ask({ number: 'hello' })).body.error.field).toBe('number');
  expect((await ask({ dialTemplate: 'sofia/a/{number}|{number}' })).body.error.field).toBe('dialTemplate');
});

test('changes of pools, trunks and the organization are recorded, and one that changes nothing is not', async () => {
  const organizationId = await http().database.makeOrganization('Settings');
  const admin = await http().signedIn('admin', { organizationId });
  const pool = await admin.send<Pool>('POST', '/api/pools', { name: 'Day' });
  await admin.send('PATCH', `/api/pools/${pool.body.poolId}`, { name: 'Night' });
  await admin.send('PATCH', `/api/pools/${pool.body.poolId}`, { name: 'Night' });
  const trunk = await admin.send<Trunk>('POST', '/api/trunks', { name: 'Carrier', ...template });
  await admin.send('PATCH', `/api/trunks/${trunk.body.trunkId}`, { codecs: 'PCMA' });
  const change = { timeZone: 'Europe/London', secondFactorRoles: ['admin'] };
  const changed = await admin.send<Organization>('PATCH', '/api/organization', change);
  expect(changed.body).toMatchObject({ name: 'Settings', country: 'US', ...change });
  const wrong = await admin.send<ErrorBody>('PATCH', '/api/organization', { timeZone: 'Mars/Base' });
  expect(wrong.body.error.field).toBe('timeZone');
  const { changes } = (await admin.get<AdminChanges>('/api/admin-changes')).body;
  expect(changes.map(({ what, before, after }) => [what, before, after]).slice(0, 2)).toEqual([
    [
      'organization.changed',
      { timeZone: 'America/New_York', secondFactorRoles: [] },
      { timeZone: 'Europe/London', secondFactorRoles: ['admin'] },
    ],
    ['trunk.changed', { codecs: 'PCMU,PCMA' }, { codecs: 'PCMA' }],
  ]);
  expect(changes.map(({ what }) => what).slice(2)).toEqual(['trunk.added', 'pool.changed', 'pool.added']);
});
