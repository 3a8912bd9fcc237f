import { expect, test } from 'vitest';
import { differenceOf, withoutSecrets } from './admin-change.ts';

test('only what differs is recorded, and a change that changes nothing is none', () => {
  const before = { name: 'A', codecs: 'PCMU', roles: ['admin'], team: null };
  expect(differenceOf(before, { ...before })).toBeNull();
  expect(differenceOf(before, { ...before, codecs: 'PCMA', roles: ['admin', 'agent'] })).toEqual({
    before: { codecs: 'PCMU', roles: ['admin'] },
    after: { codecs: 'PCMA', roles: ['admin', 'agent'] },
  });
  expect(differenceOf({}, { label: 'Lunch' })).toEqual({ before: {}, after: { label: 'Lunch' } });
});

test('no secret is recorded, whoever hands it in', () => {
  const secrets = {
    passwordHash: '1',
    oneTimePassword: '2',
    secret: '3',
    apiKey: '4',
    key: '5',
    csrfToken: '6',
    code: '7',
  };
  expect(withoutSecrets({ ...secrets, name: 'A', codecs: 'PCMU', hotKeys: 'x' })).toEqual({
    name: 'A',
    codecs: 'PCMU',
    hotKeys: 'x',
  });
  expect(differenceOf(secrets, {})).toBeNull();
});
