import { localClock, localShortDate, isKnownZone } from '../compliance/local-time.ts';
import type { Locale } from '../compliance/locale.ts';
import { placeOfNumber } from '../compliance/number-place.ts';
import { refusalSentence } from '../compliance/refusal-sentence.ts';
import type { RefusalFacts } from '../compliance/verdict.ts';
import { unreachable } from '../kernel/assert.ts';
import type { AgentId, CallId, CampaignId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import type { EpochMs } from '../kernel/time.ts';
import { ENDINGS, type Ending } from './ending.ts';
import type { ListHold } from './hopper.ts';
import { dispositionWord } from './shipped-words.ts';

interface Happened {
  readonly at: EpochMs;
  /** Sorts what happened at the same moment, and is the cursor of a page. */
  readonly key: string;
  readonly phone: PhoneNumber | null;
  readonly campaignId: CampaignId | null;
  readonly campaignName: string | null;
}

/** What happened to a lead, as the tables have it. */
export type LeadEvent = Happened &
  (
    | {
        readonly kind: 'call';
        readonly callId: CallId;
        readonly agentId: AgentId | null;
        readonly agentName: string | null;
        /** Null while it goes on. */
        readonly ending: string | null;
        readonly purpose: string;
        readonly talkMs: number | null;
        readonly sipStatus: number | null;
      }
    | {
        readonly kind: 'refusal';
        readonly rule: string;
        readonly rulesVersion: string;
        readonly facts: RefusalFacts;
        readonly retryAt: EpochMs | null;
      }
    | {
        readonly kind: 'disposition';
        readonly callId: CallId;
        readonly agentId: AgentId;
        readonly agentName: string | null;
        readonly label: string;
        readonly notes: string;
        readonly callbackAt: EpochMs | null;
      }
    | { readonly kind: 'do-not-call'; readonly source: string; readonly agentName: string | null }
    | { readonly kind: 'imported'; readonly listName: string }
    /** A previewed lead was given back; no reason: the time was over. */
    | { readonly kind: 'skipped'; readonly agentName: string | null; readonly reason: string | null }
    | { readonly kind: 'note'; readonly text: string; readonly agentName: string | null }
    | {
        /** Since then nobody of his list is called. */
        readonly kind: 'list-held';
        readonly hold: ListHold;
        readonly listName: string;
        /** YYYY-MM-DD; null = a pause, which has no end of its own. */
        readonly expiresOn: string | null;
      }
  );

/** One line of a lead's page: the sentence is for people, the rest for sorting and links. */
export interface HistoryEntry {
  readonly kind: LeadEvent['kind'];
  readonly at: EpochMs;
  readonly sentence: string;
  readonly phone: PhoneNumber | null;
  readonly campaignId: CampaignId | null;
  readonly campaignName: string | null;
  readonly callId: CallId | null;
  readonly agentId: AgentId | null;
  readonly agentName: string | null;
  readonly ending: string | null;
  readonly rule: string | null;
  readonly rulesVersion: string | null;
  readonly retryAt: EpochMs | null;
  readonly notes: string | null;
}

export function historyEntry(event: LeadEvent, locale: Locale): HistoryEntry {
  const { kind, at, phone, campaignId, campaignName } = event;
  return {
    callId: null,
    agentId: null,
    agentName: null,
    ending: null,
    rule: null,
    rulesVersion: null,
    retryAt: null,
    notes: null,
    ...pick(event),
    kind,
    at,
    sentence: eventSentence(event, locale),
    phone,
    campaignId,
    campaignName,
  };
}

function pick(event: LeadEvent): Partial<HistoryEntry> {
  switch (event.kind) {
    case 'call': {
      const { callId, agentId, agentName, ending } = event;
      return { callId, agentId, agentName, ending };
    }
    case 'refusal': {
      const { rule, rulesVersion, retryAt } = event;
      return { rule, rulesVersion, retryAt };
    }
    case 'disposition': {
      const { callId, agentId, agentName, notes } = event;
      return { callId, agentId, agentName, notes: notes === '' ? null : notes };
    }
    case 'do-not-call':
      return { agentName: event.agentName };
    case 'skipped': {
      const { agentName, reason } = event;
      return { agentName, notes: reason };
    }
    case 'note': {
      const { text, agentName } = event;
      return { agentName, notes: text };
    }
    case 'imported':
    case 'list-held':
      return {};
    default:
      return unreachable(event);
  }
}

export function eventSentence(event: LeadEvent, locale: Locale): string {
  switch (event.kind) {
    case 'call':
      return callSentence(event, locale);
    case 'refusal':
      return refusalSentence({ ...event, phone: event.phone ?? '', zones: zonesOf(event.phone) }, locale);
    case 'disposition':
      return dispositionSentence(event, locale);
    case 'do-not-call':
      return doNotCallSentence(event, locale);
    case 'imported':
      return locale === 'en' ? `imported into the list “${event.listName}”` : `导入名单“${event.listName}”`;
    case 'note':
      return noteSentence(event, locale);
    case 'skipped':
      return skippedSentence(event, locale);
    case 'list-held':
      return listHoldSentence(event, locale);
    default:
      return unreachable(event);
  }
}

type EventOf<Kind extends LeadEvent['kind']> = Extract<LeadEvent, { kind: Kind }>;

function callSentence({ ending, agentName, talkMs }: EventOf<'call'>, locale: Locale): string {
  const talk = talkMs === null ? '' : ` (${minutesAndSeconds(talkMs)})`;
  if (ending === null) return locale === 'en' ? 'called; the call goes on' : '已拨打，通话进行中';
  const words = isEnding(ending) ? ENDING_WORDS[locale][ending] : ending;
  const by = agentName === null ? '' : locale === 'en' ? ` with ${agentName}` : `（坐席：${agentName}）`;
  return locale === 'en' ? `called: ${words}${by}${talk}` : `已拨打：${words}${by}${talk}`;
}

function dispositionSentence(event: EventOf<'disposition'>, locale: Locale): string {
  const { label, agentName, callbackAt, phone } = event;
  const zone = zonesOf(phone).find(isKnownZone) ?? 'UTC';
  const moment =
    callbackAt === null
      ? null
      : `${localShortDate(zone, callbackAt, locale)} ${localClock(zone, callbackAt)}`;
  if (locale === 'en') {
    const again = moment === null ? '' : `; call back on ${moment}`;
    return `${agentName ?? 'the agent'} noted: ${label}${again}`;
  }
  return `${agentName ?? '坐席'}记录：${dispositionWord(label, locale)}${moment === null ? '' : `；回拨时间：${moment}`}`;
}

function doNotCallSentence(event: EventOf<'do-not-call'>, locale: Locale): string {
  const { campaignName, agentName } = event;
  if (locale === 'en') {
    const list = campaignName === null ? 'the do-not-call list' : `the do-not-call list of “${campaignName}”`;
    return `put on ${list}${agentName === null ? '' : ` by ${agentName}`}`;
  }
  const list = campaignName === null ? '勿扰名单' : `活动“${campaignName}”的勿扰名单`;
  return `加入${list}${agentName === null ? '' : `（操作人：${agentName}）`}`;
}

function skippedSentence({ agentName, reason }: EventOf<'skipped'>, locale: Locale): string {
  if (locale === 'en') {
    const who = agentName ?? 'the agent';
    return reason === null
      ? `looked at by ${who} until the time was over`
      : `looked at and skipped by ${who}`;
  }
  const who = agentName ?? '坐席';
  return reason === null ? `${who}预览超时，未拨打` : `${who}预览后跳过`;
}

function noteSentence({ agentName }: EventOf<'note'>, locale: Locale): string {
  if (locale === 'en') return agentName === null ? 'a program noted' : `${agentName} noted`;
  return agentName === null ? '程序备注' : `${agentName}备注`;
}

/** Why nobody of a list is called. */
export function listHoldSentence(
  { hold, listName, expiresOn }: Pick<EventOf<'list-held'>, 'hold' | 'listName' | 'expiresOn'>,
  locale: Locale,
): string {
  if (hold === 'list-paused') {
    return locale === 'en'
      ? `not called: the list “${listName}” is paused`
      : `未拨打：名单“${listName}”已暂停`;
  }
  return locale === 'en'
    ? `not called: the list “${listName}” has expired, its last day was ${expiresOn ?? 'before'}`
    : `未拨打：名单“${listName}”已过期，最后一天为 ${expiresOn ?? '此前'}`;
}

const zonesOf = (phone: PhoneNumber | null): readonly string[] =>
  phone === null ? [] : placeOfNumber(phone).zones;

const isEnding = (word: string): word is Ending => (ENDINGS as readonly string[]).includes(word);

function minutesAndSeconds(ms: number): string {
  const total = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(total / 60)}:${String(total % 60).padStart(2, '0')}`;
}

/** The endings in words for people; the manual has the same list. */
export const ENDING_WORDS: Readonly<Record<Locale, Readonly<Record<Ending, string>>>> = {
  en: {
    connected: 'talked',
    'human-abandoned': 'answered, but no agent was free',
    'hung-up-waiting': 'answered and hung up before an agent came',
    'message-left': 'a message was left',
    machine: 'an answering machine answered',
    fax: 'a fax answered',
    sit: 'the network played an announcement',
    screening: 'a call screening service answered',
    'no-answer': 'no answer',
    busy: 'busy',
    rejected: 'the call was declined',
    'invalid-number': 'the number is not in service',
    'carrier-failure': 'the carrier could not put the call through; it does not count as an attempt',
    'agent-lost': 'talked, and the agent’s phone was lost',
    revoked: 'ended while it rang, because the number was put on the do-not-call list',
    lost: 'nobody knows how it ended',
  },
  'zh-CN': {
    connected: '已通话',
    'human-abandoned': '对方已接听，但没有空闲坐席',
    'hung-up-waiting': '对方已接听，在坐席接入前挂断',
    'message-left': '已留言',
    machine: '答录机接听',
    fax: '传真机接听',
    sit: '网络播放提示音',
    screening: '来电筛选服务接听',
    'no-answer': '无人接听',
    busy: '忙线',
    rejected: '对方拒接',
    'invalid-number': '空号',
    'carrier-failure': '运营商未能接通，不计入拨打次数',
    'agent-lost': '通话中坐席话机掉线',
    revoked: '振铃时号码被加入勿扰名单，已停止呼叫',
    lost: '结果不明',
  },
};
