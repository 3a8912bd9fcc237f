import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { OperatorError } from './operator-error.ts';

const read = (environment: Record<string, string>) => readConfig(environment, '/srv/ringline');

test('needs no setting at all', () => {
  expect(read({})).toEqual({
    port: 8080,
    host: '127.0.0.1',
    dataFolder: '/srv/ringline/.ringline',
    databaseUrl: null,
    freeswitch: [],
    isBehindProxy: false,
    address: null,
    metricsToken: null,
    trunk: null,
    agentDomain: null,
    cdrSecret: null,
    cdrSpool: null,
    secretKeys: [],
    scenarioFile: null,
    clockOffset: 0,
    logLevel: 'info',
  });
});

test('takes an empty setting for none', () => {
  expect(read({ PORT: '', DATABASE_URL: ' ' })).toEqual(read({}));
});

test.each([
  ['esl://:Clue%20Con@10.0.0.1:8021', { host: '10.0.0.1', port: 8021, password: 'Clue Con' }],
  ['esl://:x@[::1]', { host: '::1', port: 8021, password: 'x' }],
  ['esl://:y@switch.example:80', { host: 'switch.example', port: 80, password: 'y' }],
])('reads the switch of %s', (url, expected) => {
  const { freeswitch } = read({ FREESWITCH_URL: url, RINGLINE_AGENT_DOMAIN: 'phones.example.com' });
  expect(freeswitch.map((found) => ({ ...found, password: found.password.reveal() }))).toEqual([expected]);
});

test('refuses several switches instead of using one of them', () => {
  expect(() =>
    read({ FREESWITCH_URL: 'esl://:x@10.0.0.1, esl://:x@10.0.0.2', RINGLINE_AGENT_DOMAIN: 'd' }),
  ).toThrow(/^FREESWITCH_URL names more than one switch/);
});

test('reads what a proxy, other nodes and the metrics need', () => {
  const config = read({
    RINGLINE_TRUSTED_PROXY: 'yes',
    RINGLINE_ADDRESS: 'http://10.0.0.5:8080/',
    RINGLINE_METRICS_TOKEN: 'geheim-geheim-geheim',
  });
  expect(config).toMatchObject({ isBehindProxy: true, address: 'http://10.0.0.5:8080' });
  expect(config.metricsToken?.reveal()).toBe('geheim-geheim-geheim');
  expect(read({ RINGLINE_TRUSTED_PROXY: 'no' }).isBehindProxy).toBe(false);
});

test('listens to everybody where a real database is, and to this machine alone while the demo runs', () => {
  expect(read({ DATABASE_URL: 'postgres://a:b@db/x' }).host).toBe('0.0.0.0');
  expect(read({ RINGLINE_HOST: '::' }).host).toBe('::');
});

test.each([
  ['3h', 10_800_000],
  ['-90m', -5_400_000],
  ['+2d', 172_800_000],
  ['1.5s', 1_500],
])('reads a clock offset of %s', (text, ms) => {
  expect(read({ RINGLINE_CLOCK_OFFSET: text }).clockOffset).toBe(ms);
});

test.each([
  ['PORT', '80800', 'PORT must be a port from 0 to 65535.'],
  ['PORT', '-1', 'PORT must be a port from 0 to 65535.'],
  [
    'DATABASE_URL',
    'mysql://a:geheim@db/x',
    'DATABASE_URL must be like postgres://user:password@host:5432/database.',
  ],
  ['FREESWITCH_URL', 'esl://10.0.0.1', 'FREESWITCH_URL must be like esl://:password@host:8021.'],
  ['FREESWITCH_URL', 'http://:geheim@h', 'FREESWITCH_URL must be like esl://:password@host:8021.'],
  [
    'RINGLINE_TRUNK',
    'sofia/gateway/x',
    'RINGLINE_TRUNK must be a dial string like sofia/trunk/{number}@127.0.0.1:5070 or sofia/gateway/carrier/{number}.',
  ],
  ['RINGLINE_TRUSTED_PROXY', '1', 'RINGLINE_TRUSTED_PROXY must be yes or no.'],
  ['RINGLINE_METRICS_TOKEN', 'geheim', 'RINGLINE_METRICS_TOKEN must be at least 16 characters long.'],
  [
    'RINGLINE_ADDRESS',
    '10.0.0.5:8080',
    'RINGLINE_ADDRESS must be the address of this node for the others, like http://10.0.0.5:8080.',
  ],
  [
    'RINGLINE_SECRET_KEY',
    'geheim',
    'RINGLINE_SECRET_KEY must be 32 bytes in base64, as "openssl rand -base64 32" makes them; several with commas, the one that seals first.',
  ],
  ['RINGLINE_AGENT_DOMAIN', 'a b', 'RINGLINE_AGENT_DOMAIN must be a domain name, e.g. phones.example.com.'],
  ['RINGLINE_CLOCK_OFFSET', 'tomorrow', 'RINGLINE_CLOCK_OFFSET must be a duration such as 3h, -90m or 2d.'],
])('says in one line what is wrong with %s=%s, without its value', (name, value, message) => {
  expect(() => read({ [name]: value })).toThrow(new OperatorError(message, { exitCode: 2 }));
});

test('refuses another clock on a real switch', () => {
  expect(() =>
    read({ FREESWITCH_URL: 'esl://:x@h', RINGLINE_AGENT_DOMAIN: 'd', RINGLINE_CLOCK_OFFSET: '1h' }),
  ).toThrow('RINGLINE_CLOCK_OFFSET is for the simulated switch only');
});

test('refuses a real switch without the domain of the phones', () => {
  expect(() => read({ FREESWITCH_URL: 'esl://:x@h' })).toThrow('RINGLINE_AGENT_DOMAIN is missing');
});

test('shows no secret when it is printed, logged or joined to a text', () => {
  const config = read({
    DATABASE_URL: 'postgres://a:geheim@db/x',
    FREESWITCH_URL: 'esl://:geheim@h',
    RINGLINE_AGENT_DOMAIN: 'd',
  });
  const seen = [inspect(config, { depth: 9 }), JSON.stringify(config), String(config.databaseUrl)].join('\n');
  expect(seen).not.toContain('geheim');
  expect(config.databaseUrl?.reveal()).toContain('geheim');
});
