import { expect, test } from 'vitest';
import { isFromOwnPages } from './origin.ts';

const own = {
  origin: undefined,
  fetchSite: undefined,
  host: 'dialer.example:8080',
  allowed: ['http://localhost:5173'],
};

test.each([
  ['our own page', { origin: 'http://dialer.example:8080' }, true],
  ['our own page behind a proxy that ends TLS', { origin: 'https://dialer.example:8080' }, true],
  ['the console on its development server', { origin: 'http://localhost:5173' }, true],
  ['a program that is no browser', {}, true],
  ['another site', { origin: 'https://evil.example' }, false],
  ['another port of our host', { origin: 'http://dialer.example:9999' }, false],
  ['a name that begins like ours', { origin: 'http://dialer.example:8080.evil.example' }, false],
  ['a page without an origin (sandboxed frame, file)', { origin: 'null' }, false],
  ['another site that hides its origin', { fetchSite: 'cross-site' }, false],
  ['another name of our domain that hides its origin', { fetchSite: 'same-site' }, false],
])('%s', (_who, facts, expected) => {
  expect(isFromOwnPages({ ...own, ...facts })).toBe(expected);
});
