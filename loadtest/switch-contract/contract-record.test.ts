import { describe, expect, test } from 'vitest';
import { differencesFrom, recordOf } from './contract-record.ts';
import type { ContractTrace } from './contract-trace.ts';

const hangup = (atMs: number, cause: string) => ({
  event: 'CHANNEL_HANGUP',
  atMs,
  headers: { 'Hangup-Cause': cause },
});
const create = { event: 'CHANNEL_CREATE', atMs: 0, headers: {} };
const trace = (changes: Partial<ContractTrace> = {}): ContractTrace => ({
  case: 'busy',
  replies: [{ command: 'api uuid_kill <customer>', reply: '+OK' }],
  invites: { customer: 1 },
  legs: { customer: [create, hangup(200, 'USER_BUSY')] },
  ...changes,
});

describe('comparing a played case with its record', () => {
  const record = recordOf(
    [trace(), trace({ legs: { customer: [create, hangup(240, 'USER_BUSY')] } })],
    'FreeSWITCH 1',
  );

  test('finds nothing in a run like those recorded, some ticks early or late', () => {
    expect(
      differencesFrom(record, trace({ legs: { customer: [create, hangup(120, 'USER_BUSY')] } })),
    ).toEqual([]);
    expect(
      differencesFrom(record, trace({ legs: { customer: [create, hangup(380, 'USER_BUSY')] } })),
    ).toEqual([]);
  });

  test('allows each value that was seen in some run', () => {
    const two = recordOf(
      [trace(), trace({ legs: { customer: [create, hangup(200, 'NO_ANSWER')] } })],
      'FreeSWITCH 1',
    );
    expect(differencesFrom(two, trace())).toEqual([]);
    expect(differencesFrom(two, trace({ legs: { customer: [create, hangup(200, 'CRASH')] } }))).toHaveLength(
      1,
    );
  });

  test('does not care when the result of the originate comes, once its reason has come', () => {
    const job = { event: 'BACKGROUND_JOB', atMs: 200, headers: {} };
    const destroy = { event: 'CHANNEL_DESTROY', atMs: 200, headers: {} };
    const end = hangup(200, 'USER_BUSY');
    const early = recordOf([trace({ legs: { customer: [create, end, job, destroy] } })], 'FreeSWITCH 1');
    expect(differencesFrom(early, trace({ legs: { customer: [create, end, destroy, job] } }))).toEqual([]);
    expect(differencesFrom(early, trace({ legs: { customer: [create, job, end, destroy] } }))).not.toEqual(
      [],
    );
  });

  test.each([
    [
      'another header',
      { legs: { customer: [create, hangup(200, 'NO_ANSWER')] } },
      /Hangup-Cause is "NO_ANSWER"/,
    ],
    ['another order', { legs: { customer: [hangup(200, 'USER_BUSY'), create] } }, /never that order/],
    [
      'an event that never came',
      { legs: { customer: [create, { ...create, event: 'CHANNEL_ANSWER' }, hangup(200, 'USER_BUSY')] } },
      /never came/,
    ],
    ['an event that is missing', { legs: { customer: [create] } }, /never that order/],
    ['an event a second late', { legs: { customer: [create, hangup(1640, 'USER_BUSY')] } }, /at 1640 ms/],
    [
      'another answer to a command',
      { replies: [{ command: 'api uuid_kill <customer>', reply: '-ERR' }] },
      /was answered "-ERR"/,
    ],
    ['a second INVITE', { invites: { customer: 2 } }, /2 INVITEs instead of 1/],
  ])('tells of %s', (_name, changes, words) => {
    expect(differencesFrom(record, trace(changes)).join('\n')).toMatch(words);
  });
});
