import { expect, test } from 'vitest';
import { oneTimePassword } from './one-time-password.ts';
import { browserName, shortenAddress } from './session-place.ts';

test.each([
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox, Windows'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0',
    'Edge, Windows',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
    'Safari, macOS',
  ],
  [
    'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36',
    'Chrome, Android',
  ],
  ['curl/8.5', null],
  [undefined, null],
])('a browser is named as its user knows it: %s', (userAgent, name) => {
  expect(browserName(userAgent)).toBe(name);
});

test.each([
  ['203.0.113.77', '203.0.113.…'],
  ['::ffff:203.0.113.77', '203.0.113.…'],
  ['2001:db8:1:2::9', '2001:db8:1:…'],
  ['::1', '::1'],
])('of an address the place stays and the machine goes: %s', (ip, shown) => {
  expect(shortenAddress(ip)).toBe(shown);
});

test('a one-time password is fair letters in four groups', () => {
  let byte = 0;
  // The last bytes are passed over: 240 and above would be the first letters once more.
  expect(oneTimePassword(() => (byte += 237) % 256)).toMatch(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/);
  const bytes = [255, 240, 29];
  expect(oneTimePassword(() => bytes.shift() ?? 0)).toBe('9aaa-aaaa-aaaa-aaaa');
});
