import { expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../http-settings.ts';
import { countedKeys, networkOf } from './sign-in-limit.ts';

const keysOf = (email: string, address: string): string[] =>
  countedKeys({ email, address }, DEFAULT_LIMITS).map(({ hex }) => hex);

test('an account is one however it is written, and an address of IPv6 is its network', () => {
  expect(keysOf('Ada@Example.com ', '2001:db8:0:7::1')).toEqual(
    keysOf('ada@example.com', '2001:db8::7:9:8:7:6'),
  );
  const [both, account, network] = keysOf('ada@example.com', '10.0.0.1');
  expect(keysOf('bob@example.com', '10.0.0.1')).toEqual([
    expect.not.stringMatching(both!),
    expect.not.stringMatching(account!),
    network,
  ]);
  expect(keysOf('ada@example.com', '10.0.0.2')[1]).toBe(account);
});

test.each([
  ['10.1.2.3', '10.1.2.3'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['::1', '0:0:0:0'],
  ['2001:DB8::1', '2001:db8:0:0'],
  ['2001:db8:1:02:3:4:5:6', '2001:db8:1:2'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
])('counts %s as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
