import { describe, expect, test } from 'vitest';
import type { UnansweredEnding } from '../telephony.ts';
import { CAUSE_TABLE, GENERIC_SIP_TABLE, unansweredEnding } from './hangup-cause.ts';

const raw = (sipStatus: number | null, hangupCause: string, q850Cause: number | null = null) => ({
  sipStatus,
  hangupCause,
  q850Cause,
});

type Row = readonly [code: number, ending: UnansweredEnding, afterRinging?: UnansweredEnding];
const each = (ending: UnansweredEnding, codes: readonly number[]): Row[] =>
  codes.map((code) => [code, ending]);

/** Written from RFC 3261, RFC 8197, RFC 8688 and RFC 8224, not from the table. */
const SIP: readonly Row[] = [
  ...each('rejected', [603, 607, 608]),
  ...each('invalid-number', [404, 410, 484, 604]),
  ...each('busy', [486, 600]),
  ...each('no-answer', [480, 487]),
  [408, 'carrier-failure', 'no-answer'],
  ...each('carrier-failure', [300, 301, 302, 305, 380]),
  ...each('carrier-failure', [401, 402, 403, 405, 406, 407, 415, 416, 420]),
  ...each('carrier-failure', [428, 429, 433, 436, 437, 438, 482, 483, 488, 606]),
  ...each('carrier-failure', [500, 501, 502, 503, 504, 505, 513, 580]),
];

/** Written from ITU-T Q.850. */
const Q850: readonly Row[] = [
  ...each('invalid-number', [1, 2, 3, 5, 22, 28]),
  [4, 'sit'],
  [17, 'busy'],
  ...each('no-answer', [18, 19, 20]),
  [21, 'rejected'],
  ...each('carrier-failure', [6, 7, 8, 23, 25, 26, 27, 29, 30]),
  ...each('carrier-failure', [34, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 49]),
  ...each('carrier-failure', [50, 52, 53, 54, 55, 57, 58, 62, 63]),
  ...each('carrier-failure', [65, 66, 69, 70, 79, 81, 82, 83, 84, 85, 86, 87, 88]),
  ...each('carrier-failure', [91, 95, 96, 97, 98, 99, 100, 101, 103, 110, 111]),
];

const SWITCH: readonly (readonly [
  cause: string,
  ending: UnansweredEnding,
  afterRinging?: UnansweredEnding,
])[] = [
  ['USER_BUSY', 'busy'],
  ['BUSY_EVERYWHERE', 'busy'],
  ['CALL_REJECTED', 'rejected'],
  ['DECLINE', 'rejected'],
  ['UNWANTED', 'rejected'],
  ['REJECT_ALL', 'rejected'],
  ['UNALLOCATED_NUMBER', 'invalid-number'],
  ['NUMBER_CHANGED', 'invalid-number'],
  ['INVALID_NUMBER_FORMAT', 'invalid-number'],
  ['DOES_NOT_EXIST_ANYWHERE', 'invalid-number'],
  ['NO_USER_RESPONSE', 'no-answer'],
  ['SUBSCRIBER_ABSENT', 'no-answer'],
  ['NO_ANSWER', 'carrier-failure', 'no-answer'],
  ['ALLOTTED_TIMEOUT', 'carrier-failure', 'no-answer'],
  ['ORIGINATOR_CANCEL', 'carrier-failure', 'no-answer'],
  ['NORMAL_CLEARING', 'carrier-failure', 'no-answer'],
  ['NO_PICKUP', 'carrier-failure', 'no-answer'],
  ['RECOVERY_ON_TIMER_EXPIRE', 'carrier-failure', 'no-answer'],
  ['PROGRESS_TIMEOUT', 'carrier-failure'],
  ['DESTINATION_OUT_OF_ORDER', 'carrier-failure'],
  ['NO_ROUTE_DESTINATION', 'carrier-failure'],
  ['NETWORK_OUT_OF_ORDER', 'carrier-failure'],
  ['NORMAL_TEMPORARY_FAILURE', 'carrier-failure'],
  ['SWITCH_CONGESTION', 'carrier-failure'],
  ['REQUESTED_CHAN_UNAVAIL', 'carrier-failure'],
  ['INVALID_GATEWAY', 'carrier-failure'],
  ['GATEWAY_DOWN', 'carrier-failure'],
  ['INVALID_URL', 'carrier-failure'],
  ['INVALID_PROFILE', 'carrier-failure'],
  ['CHAN_NOT_IMPLEMENTED', 'carrier-failure'],
  ['USER_NOT_REGISTERED', 'carrier-failure'],
  ['SYSTEM_SHUTDOWN', 'carrier-failure'],
  ['MANAGER_REQUEST', 'carrier-failure'],
  ['CRASH', 'carrier-failure'],
  ['MEDIA_TIMEOUT', 'carrier-failure'],
  ['INCOMPATIBLE_DESTINATION', 'carrier-failure'],
  ['OUTGOING_CALL_BARRED', 'carrier-failure'],
  ['SERVICE_UNAVAILABLE', 'carrier-failure'],
  ['NOT_ACCEPTABLE', 'carrier-failure'],
  ['NO_IDENTITY', 'carrier-failure'],
  ['BAD_IDENTITY_INFO', 'carrier-failure'],
  ['UNSUPPORTED_CERTIFICATE', 'carrier-failure'],
  ['INVALID_IDENTITY', 'carrier-failure'],
  ['STALE_DATE', 'carrier-failure'],
];

const named = <Code>(rows: readonly (readonly [Code, UnansweredEnding, UnansweredEnding?])[]) =>
  rows.map(([code, ending, afterRinging = ending]) => ({ code, ending, afterRinging }));

describe('row by row', () => {
  test.each(named(SIP))('SIP $code is $ending', ({ code: status, ending, afterRinging }) => {
    expect(unansweredEnding(raw(status, 'NORMAL_UNSPECIFIED'), false)).toBe(ending);
    expect(unansweredEnding(raw(status, 'NORMAL_UNSPECIFIED'), true)).toBe(afterRinging);
  });

  test.each(named(Q850))('Q.850 cause $code is $ending', ({ code: cause, ending, afterRinging }) => {
    for (const sipStatus of [480, 500, 503, 499]) {
      expect(unansweredEnding(raw(sipStatus, 'X', cause), false)).toBe(ending);
      expect(unansweredEnding(raw(sipStatus, 'X', cause), true)).toBe(afterRinging);
    }
    expect(unansweredEnding(raw(null, 'X', cause), false)).toBe(ending);
  });

  test.each(named(SWITCH))(
    '$code of the switch itself is $ending',
    ({ code: cause, ending, afterRinging }) => {
      expect(unansweredEnding(raw(null, cause), false)).toBe(ending);
      expect(unansweredEnding(raw(null, cause), true)).toBe(afterRinging);
    },
  );

  test('no row of the table is without a row here, and none is said twice', () => {
    const codes = [...SIP.map(([code]) => `sip ${code}`), ...Q850.map(([code]) => `q850 ${code}`)];
    const tested = new Set([...codes, ...SWITCH.map(([cause]) => `switch ${cause}`), 'sip 5xx']);
    const rows = [...CAUSE_TABLE, ...GENERIC_SIP_TABLE].flatMap(({ by, codes: own }) =>
      own.map((code) => `${by} ${code}`),
    );
    expect(rows.filter((row) => !tested.has(row))).toEqual([]);
    expect(rows).toHaveLength(new Set(rows).size);
  });
});

test.each([
  ['a 603 stays a rejection whatever the cause beside it', raw(603, 'NORMAL_CLEARING', 16), 'rejected'],
  [
    'a 403 is our trunk, not the person, though FreeSWITCH calls it CALL_REJECTED',
    raw(403, 'CALL_REJECTED', 21),
    'carrier-failure',
  ],
  ['a 486 is busy though a circuit was short', raw(486, 'NORMAL_CIRCUIT_CONGESTION', 34), 'busy'],
  ['a 503 with "user busy" is busy', raw(503, 'USER_BUSY', 17), 'busy'],
  ['a 480 with "unallocated" is an invalid number', raw(480, 'UNALLOCATED_NUMBER', 1), 'invalid-number'],
  ['a 500 with "no answer" is no answer', raw(500, 'NO_ANSWER', 19), 'no-answer'],
  ['a 480 with "call rejected" is a rejection', raw(480, 'CALL_REJECTED', 21), 'rejected'],
] as const)('%s', (_name, end, ending) => {
  expect(unansweredEnding(end, true)).toBe(ending);
});

test.each([
  ['SIP status', raw(499, 'NORMAL_UNSPECIFIED', 31)],
  ['cause', raw(null, 'SOMETHING_NEW', null)],
  ['Q.850 cause', raw(null, 'SOMETHING_NEW', 77)],
] as const)('an unknown %s is a carrier failure, and a no-answer once the phone had rung', (_name, end) => {
  expect(unansweredEnding(end, false)).toBe('carrier-failure');
  expect(unansweredEnding(end, true)).toBe('no-answer');
});
