/** FreeSWITCH's hang-up causes with their numbers (switch_types.h): below 128 they are those of Q.850. */
const CAUSE_NUMBERS: Readonly<Record<string, number>> = {
  NONE: 0,
  UNALLOCATED_NUMBER: 1,
  NO_ROUTE_TRANSIT_NET: 2,
  NO_ROUTE_DESTINATION: 3,
  CHANNEL_UNACCEPTABLE: 6,
  NORMAL_CLEARING: 16,
  USER_BUSY: 17,
  NO_USER_RESPONSE: 18,
  NO_ANSWER: 19,
  SUBSCRIBER_ABSENT: 20,
  CALL_REJECTED: 21,
  NUMBER_CHANGED: 22,
  REDIRECTION_TO_NEW_DESTINATION: 23,
  EXCHANGE_ROUTING_ERROR: 25,
  DESTINATION_OUT_OF_ORDER: 27,
  INVALID_NUMBER_FORMAT: 28,
  FACILITY_REJECTED: 29,
  NORMAL_UNSPECIFIED: 31,
  NORMAL_CIRCUIT_CONGESTION: 34,
  NETWORK_OUT_OF_ORDER: 38,
  NORMAL_TEMPORARY_FAILURE: 41,
  SWITCH_CONGESTION: 42,
  REQUESTED_CHAN_UNAVAIL: 44,
  OUTGOING_CALL_BARRED: 52,
  INCOMING_CALL_BARRED: 54,
  SERVICE_UNAVAILABLE: 63,
  CHAN_NOT_IMPLEMENTED: 66,
  SERVICE_NOT_IMPLEMENTED: 79,
  INCOMPATIBLE_DESTINATION: 88,
  RECOVERY_ON_TIMER_EXPIRE: 102,
  INTERWORKING: 127,
  ORIGINATOR_CANCEL: 487,
  CRASH: 700,
  SYSTEM_SHUTDOWN: 701,
  LOSE_RACE: 702,
  MANAGER_REQUEST: 703,
  ALLOTTED_TIMEOUT: 802,
  MEDIA_TIMEOUT: 804,
  USER_NOT_REGISTERED: 806,
  PROGRESS_TIMEOUT: 807,
  INVALID_GATEWAY: 808,
  GATEWAY_DOWN: 809,
  INVALID_URL: 810,
  UNWANTED: 819,
};

/** SIP status → cause (mod_sofia, sofia_glue_sip_cause_to_freeswitch). */
const CAUSE_BY_SIP: Readonly<Record<number, string>> = {
  200: 'NORMAL_CLEARING',
  400: 'NORMAL_TEMPORARY_FAILURE',
  401: 'CALL_REJECTED',
  403: 'CALL_REJECTED',
  404: 'UNALLOCATED_NUMBER',
  408: 'RECOVERY_ON_TIMER_EXPIRE',
  410: 'NUMBER_CHANGED',
  480: 'NO_USER_RESPONSE',
  484: 'INVALID_NUMBER_FORMAT',
  486: 'USER_BUSY',
  487: 'ORIGINATOR_CANCEL',
  488: 'INCOMPATIBLE_DESTINATION',
  500: 'NORMAL_TEMPORARY_FAILURE',
  502: 'NETWORK_OUT_OF_ORDER',
  503: 'NORMAL_TEMPORARY_FAILURE',
  504: 'RECOVERY_ON_TIMER_EXPIRE',
  600: 'USER_BUSY',
  603: 'CALL_REJECTED',
  604: 'NO_ROUTE_DESTINATION',
  607: 'UNWANTED',
  608: 'CALL_REJECTED',
};

const PHRASES: Readonly<Record<number, string>> = {
  200: 'OK',
  404: 'Not Found',
  408: 'Request Timeout',
  410: 'Gone',
  480: 'Temporarily Unavailable',
  484: 'Address Incomplete',
  486: 'Busy Here',
  487: 'Request Terminated',
  500: 'Server Internal Error',
  503: 'Service Unavailable',
  603: 'Decline',
  607: 'Unwanted',
  608: 'Rejected',
};

const NAME_BY_NUMBER = new Map(Object.entries(CAUSE_NUMBERS).map(([name, number]) => [number, name]));

/** A cause that a command names, by word or number; what FreeSWITCH does not know becomes NORMAL_CLEARING. */
export function causeNamed(text: string | undefined): string {
  if (text === undefined || text === '') return 'NORMAL_CLEARING';
  const upper = text.toUpperCase();
  if (upper in CAUSE_NUMBERS) return upper;
  return NAME_BY_NUMBER.get(Number(text)) ?? 'NORMAL_CLEARING';
}

/** A Reason header with a Q.850 cause wins over the SIP status. */
export function causeOfRefusal(refusal: { readonly status: number; readonly q850?: number }): string {
  const byReason = refusal.q850 === undefined ? undefined : NAME_BY_NUMBER.get(refusal.q850);
  return byReason ?? CAUSE_BY_SIP[refusal.status] ?? 'NORMAL_UNSPECIFIED';
}

export const causeNumber = (cause: string): number => CAUSE_NUMBERS[cause] ?? 31;

/** `hangup_cause_q850`: FreeSWITCH's own causes have no number there and read as normal clearing (16). */
export function q850Of(cause: string): number {
  const number = causeNumber(cause);
  return number > 127 ? 16 : number;
}

export const sipPhrase = (status: number): string => PHRASES[status] ?? 'Unknown';
