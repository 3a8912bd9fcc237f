import type { RawEnd, UnansweredEnding } from '../telephony.ts';

/** What a carrier or the switch itself gave as the reason of an end. */
export interface CauseRow {
  /** SIP status of the final response, Q.850 cause (ITU-T), or the switch's own cause where no response came. */
  readonly by: 'sip' | 'q850' | 'switch';
  readonly codes: readonly (number | string)[];
  readonly ending: UnansweredEnding;
  /** Where it makes a difference that the phone had rung (180 or 183). */
  readonly afterRinging?: UnansweredEnding;
}

/**
 * The one table. A SIP status that names its reason wins; where it is a generic one (480, 500, 503 …) it has no row here or a
 * `generic` one below, and a Q.850 cause that the network gave decides; then the switch's own cause. 603, 607 (RFC 8197) and
 * 608 (RFC 8688) are somebody's or some analytics engine's "no", never a mere missed call.
 */
export const CAUSE_TABLE: readonly CauseRow[] = [
  { by: 'sip', codes: [603, 607, 608], ending: 'rejected' },
  { by: 'sip', codes: [404, 410, 484, 604], ending: 'invalid-number' },
  { by: 'sip', codes: [486, 600], ending: 'busy' },
  { by: 'sip', codes: [487], ending: 'no-answer' },
  // Our credentials, our trunk, our caller identity (RFC 8224), a redirect that we do not follow, an offer nobody can use.
  { by: 'sip', codes: [300, 301, 302, 305, 380], ending: 'carrier-failure' },
  { by: 'sip', codes: [401, 402, 403, 407, 428, 429, 433, 436, 437, 438], ending: 'carrier-failure' },
  { by: 'sip', codes: [405, 406, 415, 416, 420, 488, 606], ending: 'carrier-failure' },
  { by: 'sip', codes: [482, 483], ending: 'carrier-failure' },

  { by: 'q850', codes: [1, 2, 3, 5, 22, 28], ending: 'invalid-number' },
  // "Send special information tone".
  { by: 'q850', codes: [4], ending: 'sit' },
  { by: 'q850', codes: [17], ending: 'busy' },
  { by: 'q850', codes: [18, 19, 20], ending: 'no-answer' },
  { by: 'q850', codes: [21], ending: 'rejected' },
  { by: 'q850', codes: [6, 7, 8, 23, 25, 26, 27, 29, 30], ending: 'carrier-failure' },
  { by: 'q850', codes: [34, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 49], ending: 'carrier-failure' },
  { by: 'q850', codes: [50, 52, 53, 54, 55, 57, 58, 62, 63], ending: 'carrier-failure' },
  { by: 'q850', codes: [65, 66, 69, 70, 79, 81, 82, 83, 84, 85, 86, 87, 88], ending: 'carrier-failure' },
  { by: 'q850', codes: [91, 95, 96, 97, 98, 99, 100, 101, 103, 110, 111], ending: 'carrier-failure' },

  // The far end's word where its status was not told: a lost event, a channel without SIP.
  { by: 'switch', codes: ['USER_BUSY', 'BUSY_EVERYWHERE'], ending: 'busy' },
  { by: 'switch', codes: ['CALL_REJECTED', 'DECLINE', 'UNWANTED', 'REJECT_ALL'], ending: 'rejected' },
  {
    by: 'switch',
    codes: ['UNALLOCATED_NUMBER', 'NUMBER_CHANGED', 'INVALID_NUMBER_FORMAT', 'DOES_NOT_EXIST_ANYWHERE'],
    ending: 'invalid-number',
  },
  { by: 'switch', codes: ['NO_USER_RESPONSE', 'SUBSCRIBER_ABSENT'], ending: 'no-answer' },
  // FreeSWITCH's backstop behind our own ring timeout, and our own cancel.
  {
    by: 'switch',
    codes: ['NO_ANSWER', 'ALLOTTED_TIMEOUT', 'ORIGINATOR_CANCEL', 'NORMAL_CLEARING', 'NO_PICKUP'],
    ending: 'carrier-failure',
    afterRinging: 'no-answer',
  },
  // No agent of the network ever told of ringing, or nobody answered at all.
  { by: 'switch', codes: ['PROGRESS_TIMEOUT'], ending: 'carrier-failure' },
  {
    by: 'switch',
    codes: ['RECOVERY_ON_TIMER_EXPIRE'],
    ending: 'carrier-failure',
    afterRinging: 'no-answer',
  },
  // Refused by the switch itself: no INVITE, or none that arrived.
  {
    by: 'switch',
    codes: [
      'DESTINATION_OUT_OF_ORDER',
      'NO_ROUTE_DESTINATION',
      'NETWORK_OUT_OF_ORDER',
      'NORMAL_TEMPORARY_FAILURE',
      'SWITCH_CONGESTION',
      'REQUESTED_CHAN_UNAVAIL',
      'INVALID_GATEWAY',
      'GATEWAY_DOWN',
      'INVALID_URL',
      'INVALID_PROFILE',
      'CHAN_NOT_IMPLEMENTED',
      'USER_NOT_REGISTERED',
      'SYSTEM_SHUTDOWN',
      'MANAGER_REQUEST',
      'CRASH',
      'MEDIA_TIMEOUT',
      'INCOMPATIBLE_DESTINATION',
      'OUTGOING_CALL_BARRED',
      'SERVICE_UNAVAILABLE',
      'NOT_ACCEPTABLE',
      'NO_IDENTITY',
      'BAD_IDENTITY_INFO',
      'UNSUPPORTED_CERTIFICATE',
      'INVALID_IDENTITY',
      'STALE_DATE',
    ],
    ending: 'carrier-failure',
  },
];

/** SIP statuses that say little: used when Q.850 says nothing either. */
export const GENERIC_SIP_TABLE: readonly CauseRow[] = [
  { by: 'sip', codes: [480], ending: 'no-answer' },
  { by: 'sip', codes: [408], ending: 'carrier-failure', afterRinging: 'no-answer' },
  { by: 'sip', codes: ['5xx'], ending: 'carrier-failure' },
];

/**
 * Nothing known: if a phone rang, somebody was called and it counts as an attempt; if none did, the carrier failed.
 */
export const DEFAULT_ROW: Omit<CauseRow, 'by' | 'codes'> = {
  ending: 'carrier-failure',
  afterRinging: 'no-answer',
};

type Ending = Pick<CauseRow, 'ending' | 'afterRinging'>;

const ROWS = new Map<string, CauseRow>(
  CAUSE_TABLE.flatMap((row) => row.codes.map((code) => [`${row.by} ${code}`, row] as const)),
);
const GENERIC_ROWS = new Map<string, CauseRow>(
  GENERIC_SIP_TABLE.flatMap((row) => row.codes.map((code) => [String(code), row] as const)),
);

/** What an end means for a call that nobody answered. `hasRung`: a 180 or 183 was heard. */
export function unansweredEnding(raw: RawEnd, hasRung: boolean): UnansweredEnding {
  const row = rowOf(raw);
  return hasRung ? (row.afterRinging ?? row.ending) : row.ending;
}

function rowOf({ hangupCause, sipStatus, q850Cause }: RawEnd): Ending {
  const named = ROWS.get(`sip ${sipStatus ?? ''}`);
  if (named) return named;
  if (sipStatus === null) return ROWS.get(`switch ${hangupCause}`) ?? byNetwork(q850Cause) ?? DEFAULT_ROW;
  return byNetwork(q850Cause) ?? generic(sipStatus) ?? DEFAULT_ROW;
}

function byNetwork(q850Cause: number | null): Ending | undefined {
  return ROWS.get(`q850 ${q850Cause ?? ''}`);
}

function generic(sipStatus: number): Ending | undefined {
  const isServerFailure = sipStatus >= 500 && sipStatus <= 599;
  return GENERIC_ROWS.get(isServerFailure ? '5xx' : String(sipStatus));
}
