import { callingWindowOf } from '../compliance/calling-window.ts';
import { isKnownZone, localClock, localShortDate } from '../compliance/local-time.ts';
import type { Locale } from '../compliance/locale.ts';
import type { EpochMs } from '../kernel/time.ts';

/** Why a callback may not be given this time; null: it may. The gate judges it again when it is dialled. */
export function callbackTimeProblem(
  { dueAt, zoneKey }: { dueAt: EpochMs; zoneKey: string },
  now: EpochMs,
  locale: Locale,
): string | null {
  const isChinese = locale === 'zh-CN';
  if (dueAt < now)
    return isChinese ? '该时间已过，请选择更晚的时间。' : 'That time is over already; choose a later one.';
  if (callingWindowOf(zoneKey, dueAt).isOpen) return null;
  const zone = zoneKey.split('|').find((one) => isKnownZone(one));
  if (zone === undefined)
    return isChinese
      ? '客户所在时区未知，因此不得回拨。'
      : 'The customer’s time zone is not known, so nobody may call.';
  const there = `${localShortDate(zone, dueAt, locale)} ${localClock(zone, dueAt)}`;
  return isChinese
    ? `届时客户当地为 ${there}，不在允许拨打的时段内；请另选时间。`
    : `It is ${there} at the customer’s then, outside the hours at which people may be called; choose another time.`;
}

/** Written into the lead's notes: who changed an appointment is asked sooner or later. */
export function callbackChangeNote(
  change: { dueAt: EpochMs; owner: string | null; zoneKey: string },
  locale: Locale,
): string {
  const zone = change.zoneKey.split('|').find((one) => isKnownZone(one)) ?? 'UTC';
  const there = `${localShortDate(zone, change.dueAt, locale)} ${localClock(zone, change.dueAt)} (${zone})`;
  return locale === 'zh-CN'
    ? `回拨已改：客户当地时间 ${there}，由${change.owner ?? '任意坐席'}负责。`
    : `Callback changed: ${there}, by ${change.owner ?? 'whoever is free'}.`;
}

export const CALLBACK_SENTENCES = {
  gone: {
    en: 'This callback was dialled or changed a moment ago; the list is read again.',
    'zh-CN': '该回拨刚刚已被拨打或更改，列表将重新读取。',
  },
  notThere: {
    en: 'This agent has no seat in the pool that dials the campaign; choose another one.',
    'zh-CN': '该坐席不在拨打此活动的坐席池中，请选择其他坐席。',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<Locale, string>>>>;
