import { checkCallingWindow } from '../compliance/calling-window.ts';
import type { Locale } from '../compliance/locale.ts';
import { zonesOfKey } from '../compliance/number-place.ts';
import { refusalSentence } from '../compliance/refusal-sentence.ts';
import type { Objection } from '../compliance/verdict.ts';
import type { EpochMs } from '../kernel/time.ts';

/** Why an appointment could not be kept at this moment. */
export interface CallbackObjection extends Objection {
  readonly at: EpochMs;
  readonly phone: string;
  readonly zones: readonly string[];
}

/**
 * What the gate would say at the appointed moment, as far as it is known before: a promise that the law forbids to keep is not made. A
 * number of which no zone is known is left to the gate.
 */
export function callbackObjection(
  number: { readonly phone: string; readonly zoneKey: string },
  at: EpochMs,
): CallbackObjection | null {
  const zones = zonesOfKey(number.zoneKey);
  if (zones.length === 0) return null;
  const objection = checkCallingWindow({ zones }, at);
  return objection && { ...objection, at, phone: number.phone, zones };
}

/** One sentence for the agent who is about to promise it. */
export function callbackObjectionSentence(objection: CallbackObjection, locale: Locale): string {
  const why = refusalSentence(objection, locale);
  return locale === 'en'
    ? `This appointment could not be kept: ${why}. Agree on another time.`
    : `该约定无法履行：${why}。请另约时间。`;
}
