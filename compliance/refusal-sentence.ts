import { unreachable } from '../kernel/assert.ts';
import type { EpochMs } from '../kernel/time.ts';
import { isKnownZone, localClock, localShortDate, zoneName } from './local-time.ts';
import type { Locale } from './locale.ts';
import { cityOfNumber } from './number-place.ts';
import { RULES, type RefusalFacts, type Rule } from './verdict.ts';

/** A refusal as it was stored, with what is needed to say it. */
export interface RefusalToSay {
  /** One of RULES; a rule of another version is said by its name. */
  readonly rule: string;
  readonly facts: RefusalFacts;
  readonly at: EpochMs;
  readonly retryAt: EpochMs | null;
  /** E.164; names the city of its area code. */
  readonly phone: string;
  /** Zones of the number: times are said on the clock of the refusing zone, else of the first of these. */
  readonly zones: readonly string[];
}

/** One plain sentence: "not called at 21:31 in Miami: calls are allowed there from 08:00 to 21:00; next 3 Dec 08:00". */
export function refusalSentence(refusal: RefusalToSay, locale: Locale): string {
  const why = locale === 'en' ? inEnglish(refusal) : inChinese(refusal);
  const next = retryText(refusal, locale);
  if (next === null) return why;
  return locale === 'en' ? `${why}; next ${next}` : `${why}；下次可拨打：${next}`;
}

function inEnglish(refusal: RefusalToSay): string {
  const { facts } = refusal;
  const where = placeText(refusal, 'en');
  if (!isRule(refusal.rule)) return `not called: the rule “${refusal.rule}” objected`;
  switch (refusal.rule) {
    case 'facts':
      return `not called: what was known of the lead was ${secondsOf(facts)} seconds old, and only fresh facts count`;
    case 'do-not-call':
      return facts['scope'] === 'campaign'
        ? 'not called: the number is on the do-not-call list of this campaign'
        : 'not called: the number is on the do-not-call list';
    case 'calling-window':
      if (where === null) return 'not called: the time zone of the number is not known';
      return severalZones(facts)
        ? `not called at ${text(facts['localTime'])} ${where}: the number may be in ${text(facts['zoneCount'])} time zones, and calls are allowed from ${text(facts['from'])} to ${text(facts['to'])} in each of them`
        : `not called at ${text(facts['localTime'])} ${where}: calls are allowed there from ${text(facts['from'])} to ${text(facts['to'])}`;
    case 'attempt-limit':
      if (facts['limit'] === 'lead')
        return `not called: all ${text(facts['max'])} attempts of this campaign have been made`;
      if (facts['limit'] === 'number')
        return `not called: all ${text(facts['max'])} attempts of this campaign on the number have been made`;
      return facts['limit'] === 'lead-day'
        ? `not called: the person was called ${text(facts['attempts'])} times within 24 hours, and the campaign allows ${text(facts['max'])}`
        : `not called: the number was called ${text(facts['attempts'])} times within 24 hours, and ${text(facts['max'])} are allowed`;
    case 'rest':
      return facts['after'] === 'lost'
        ? 'not called: nobody knows how the last call ended, and it may have reached the person; only an agent may call by hand for 30 minutes'
        : 'not called: a call to this person was abandoned, and for 72 hours only an agent may call by hand';
    default:
      return unreachable(refusal.rule);
  }
}

function inChinese(refusal: RefusalToSay): string {
  const { facts } = refusal;
  const where = placeText(refusal, 'zh-CN');
  if (!isRule(refusal.rule)) return `未拨打：规则“${refusal.rule}”不允许`;
  switch (refusal.rule) {
    case 'facts':
      return `未拨打：客户资料是 ${secondsOf(facts)} 秒前读取的，只能依据最新资料拨打`;
    case 'do-not-call':
      return facts['scope'] === 'campaign'
        ? '未拨打：该号码在此活动的勿扰名单上'
        : '未拨打：该号码在勿扰名单上';
    case 'calling-window':
      if (where === null) return '未拨打：无法确定该号码所在的时区';
      return severalZones(facts)
        ? `未拨打（${where} ${text(facts['localTime'])}）：该号码可能位于 ${text(facts['zoneCount'])} 个时区，每个时区都只允许在 ${text(facts['from'])} 至 ${text(facts['to'])} 之间拨打`
        : `未拨打（${where} ${text(facts['localTime'])}）：当地只允许在 ${text(facts['from'])} 至 ${text(facts['to'])} 之间拨打`;
    case 'attempt-limit':
      if (facts['limit'] === 'lead') return `未拨打：此活动允许的 ${text(facts['max'])} 次拨打已用完`;
      if (facts['limit'] === 'number')
        return `未拨打：此活动对该号码允许的 ${text(facts['max'])} 次拨打已用完`;
      return facts['limit'] === 'lead-day'
        ? `未拨打：该客户在 24 小时内已拨打 ${text(facts['attempts'])} 次，此活动最多允许 ${text(facts['max'])} 次`
        : `未拨打：该号码在 24 小时内已拨打 ${text(facts['attempts'])} 次，最多允许 ${text(facts['max'])} 次`;
    case 'rest':
      return facts['after'] === 'lost'
        ? '未拨打：上一次呼叫的结果不明，客户可能已接听；30 分钟内只能由坐席手动拨打'
        : '未拨打：对该客户的一次呼叫曾被放弃（无坐席接听），72 小时内只能由坐席手动拨打';
    default:
      return unreachable(refusal.rule);
  }
}

/** "in Miami" where the area code is a city's, else "(Eastern Time)"; null when no zone is known. */
function placeText(refusal: RefusalToSay, locale: Locale): string | null {
  const zone = refusal.facts['zone'];
  if (typeof zone !== 'string' || !isKnownZone(zone)) return null;
  const city = refusal.zones.length === 1 ? cityOfNumber(refusal.phone) : null;
  const name = zoneName(zone, refusal.at, locale);
  if (locale === 'zh-CN') return city === null ? name : `${city} 当地时间`;
  return city === null ? `(${name})` : `in ${city}`;
}

/** The moment on the clock of the called party, with its zone named when the sentence did not name one. */
function retryText(refusal: RefusalToSay, locale: Locale): string | null {
  if (refusal.retryAt === null || refusal.rule === 'facts') return null;
  const named = refusal.facts['zone'];
  const zone = typeof named === 'string' ? named : refusal.zones.find(isKnownZone);
  if (zone === undefined || !isKnownZone(zone)) return null;
  const moment = `${localShortDate(zone, refusal.retryAt, locale)} ${localClock(zone, refusal.retryAt)}`;
  if (typeof named === 'string') return moment;
  const name = zoneName(zone, refusal.retryAt, locale);
  return locale === 'en' ? `${moment} (${name})` : `${moment}（${name}）`;
}

function isRule(rule: string): rule is Rule {
  return (RULES as readonly string[]).includes(rule);
}

function severalZones(facts: RefusalFacts): boolean {
  return typeof facts['zoneCount'] === 'number' && facts['zoneCount'] > 1;
}

function secondsOf(facts: RefusalFacts): string {
  return typeof facts['ageMs'] === 'number' ? String(Math.round(facts['ageMs'] / 1000)) : '?';
}

function text(fact: RefusalFacts[string] | undefined): string {
  return fact === undefined || fact === null ? '?' : String(fact);
}
