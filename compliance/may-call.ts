import { after, minutes, toIso, type EpochMs } from '../kernel/time.ts';
import { callingWindowOf, checkCallingWindow } from './calling-window.ts';
import type { ClearanceConditions } from './gate.ts';
import { isKnownZone } from './local-time.ts';
import type { Locale } from './locale.ts';
import { placeOfNumber, zoneKey, zonesOfKey, zonesOfRegion } from './number-place.ts';
import { PHONE_PROBLEM_SENTENCES } from './phone-problem-sentence.ts';
import { readPhone } from './read-phone.ts';
import { refusalSentence } from './refusal-sentence.ts';
import { RULES_VERSION, type Objection } from './verdict.ts';

export const CALL_KINDS = ['telemarketing', 'debt', 'informational', 'research'] as const;
export type CallKind = (typeof CALL_KINDS)[number];

/** What `ringline may-call` was asked. */
export interface MayCallQuestion {
  readonly number: string;
  /** ISO 3166-1 of a number written without a country. */
  readonly country: string;
  readonly kind: CallKind;
  readonly at: EpochMs;
  /** ISO 3166-2 (or ISO 3166-1) of the person's address; its zones are added to those of the number. */
  readonly region?: string | undefined;
  readonly postcode?: string | undefined;
  /** An IANA zone the person is known to be in; added to those of the number. */
  readonly zone?: string | undefined;
  readonly consent?: 'none' | 'verbal' | 'written' | undefined;
  /** The call must be over within the window when it lasts so many minutes. */
  readonly minutes?: number | undefined;
  readonly locale?: Locale | undefined;
}

/** Keys of the command's JSON. */
export interface MayCallAnswer {
  readonly verdict: 'cleared' | 'refused';
  readonly rule: string | null;
  /** One sentence; null when nothing objects. */
  readonly reason: string | null;
  /** ISO 8601; null = never by itself, or nothing to wait for. */
  readonly retryAt: string | null;
  readonly jurisdictions: readonly string[];
  readonly zones: readonly string[];
  readonly conditions: ClearanceConditions | null;
  readonly rulesVersion: string;
  /** What was judged, and what was not: no database is asked, and not every law is here yet. */
  readonly checked: readonly string[];
  readonly notChecked: readonly string[];
}

/** The question cannot be answered as it stands; one sentence says what to change. */
export interface MayCallMisuse {
  readonly misuse: string;
}

const CHECKED = ['number', 'calling-window'];
const NOT_CHECKED = [
  'do-not-call',
  'attempt-limit',
  'rest',
  'consent',
  'state-hours',
  'holidays',
  'emergency-bans',
  'registration',
  'recording-consent',
];
const CONDITIONS: ClearanceConditions = { agentReserved: false, messageAllowed: true, recording: 'none' };

interface Place {
  readonly jurisdictions: readonly string[];
  readonly zones: readonly string[];
}

interface No {
  readonly rule: string;
  readonly reason: string;
  readonly retryAt: EpochMs | null;
}

/** Asks the shipped rules about one number, without a database. Never makes a Clearance: nothing can be dialled with the answer. */
export function mayCall(question: MayCallQuestion): MayCallAnswer | MayCallMisuse {
  const misuse = misuseOf(question);
  if (misuse !== null) return { misuse };
  const read = readPhone(question.number, question.country);
  if (read.ok) {
    const place = placeOf(read.phone, question);
    const objection = judge(place.zones, question);
    return answer(question, place, objection && say(objection, { question, place, phone: read.phone }));
  }
  const why = PHONE_PROBLEM_SENTENCES[question.locale ?? 'en'][read.problem];
  if (read.problem === 'phone-premium-rate') {
    return answer(question, { jurisdictions: [], zones: [] }, { rule: 'number', reason: why, retryAt: null });
  }
  return { misuse: `“${question.number}” cannot be judged: ${why}.` };
}

function misuseOf({ zone, region, minutes: lasts = 0 }: MayCallQuestion): string | null {
  if (zone !== undefined && !isKnownZone(zone))
    return `“${zone}” is no time zone; write one like America/New_York.`;
  if (region !== undefined && zonesOfRegion(region).length === 0) {
    return `“${region}” is no region that Ringline knows; write one like US-FL.`;
  }
  return lasts >= 0 ? null : 'The minutes that a call lasts cannot be negative.';
}

function placeOf(phone: string, { region, zone }: MayCallQuestion): Place {
  const place = placeOfNumber(phone);
  const address = region?.toUpperCase();
  const jurisdictions = [place.country, ...place.regions, address?.split('-')[0], address];
  const zones = [...place.zones, ...(region === undefined ? [] : zonesOfRegion(region))];
  return {
    jurisdictions: [...new Set(jurisdictions.filter((name) => typeof name === 'string'))],
    zones: zonesOfKey(zoneKey(zone === undefined ? zones : [...zones, zone])),
  };
}

function judge(zones: readonly string[], { at, minutes: lasts = 0 }: MayCallQuestion): Objection | null {
  const objection = checkCallingWindow({ zones }, at);
  if (objection) return objection;
  const { closesAt, opensAt } = callingWindowOf(zoneKey(zones), at);
  if (closesAt === null || after(at, minutes(lasts)) <= closesAt) return null;
  const atItsEnd = checkCallingWindow({ zones }, closesAt);
  return atItsEnd && { ...atItsEnd, retryAt: opensAt };
}

function say(
  objection: Objection,
  { question, place, phone }: { question: MayCallQuestion; place: Place; phone: string },
): No {
  const refusal = { ...objection, at: question.at, phone, zones: place.zones };
  return {
    rule: objection.rule,
    reason: refusalSentence(refusal, question.locale ?? 'en'),
    retryAt: objection.retryAt,
  };
}

function answer(question: MayCallQuestion, place: Place, no: No | null): MayCallAnswer {
  return {
    verdict: no ? 'refused' : 'cleared',
    rule: no?.rule ?? null,
    reason: no?.reason ?? null,
    retryAt: no === null || no.retryAt === null ? null : toIso(no.retryAt),
    jurisdictions: place.jurisdictions,
    zones: place.zones,
    conditions: no ? null : CONDITIONS,
    rulesVersion: RULES_VERSION,
    checked: CHECKED,
    notChecked: question.postcode === undefined ? NOT_CHECKED : [...NOT_CHECKED, 'postcode'],
  };
}
