import { localClock, localDay } from '../compliance/local-time.ts';
import type { Locale } from '../compliance/locale.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { ListedCall } from './call-list.store.ts';
import { csvLine } from '../kernel/csv.ts';
import type { ExportedLead } from './lead-export.store.ts';

/** A number and free text as whoever asked may see them. */
export interface Masks {
  readonly phone: (phone: string) => string;
  readonly text: (text: string) => string;
}

const CALL_HEADS: Readonly<Record<Locale, readonly string[]>> = {
  en: [
    'call id',
    'day',
    'time',
    'time zone',
    'campaign',
    'list',
    'external id',
    'name',
    'number',
    'purpose',
    'ending',
    'hung up by',
    'SIP status',
    'answered seconds',
    'answer to agent ms',
    'abandoned',
    'agent',
    'disposition',
    'disposition name',
    'notes',
  ],
  'zh-CN': [
    '通话编号',
    '日期',
    '时间',
    '时区',
    '活动',
    '名单',
    '外部编号',
    '姓名',
    '号码',
    '用途',
    '结束方式',
    '挂断方',
    'SIP 状态码',
    '接听秒数',
    '应答到坐席毫秒',
    '放弃',
    '坐席',
    '处置代码',
    '处置结果',
    '备注',
  ],
};

export const callsHead = (locale: Locale): string => csvLine(CALL_HEADS[locale]);

/** A call as a line; day and time by the wall clock of its campaign. */
export function callLine(call: ListedCall, masks: Masks): string {
  const { timeZone, placedAt, answeredAt, endedAt } = call;
  return csvLine([
    call.callId,
    localDay(timeZone, placedAt),
    `${localClock(timeZone, placedAt)}:${secondsOf(placedAt)}`,
    timeZone,
    call.campaignName,
    call.listName,
    call.externalId,
    call.leadName,
    masks.phone(call.phone),
    call.purpose,
    call.ending,
    call.hungUpBy,
    call.sipStatus,
    answeredAt === null ? null : Math.round((endedAt - answeredAt) / 1000),
    call.answerToAgentMs,
    call.isAbandoned === null ? null : call.isAbandoned ? 'yes' : 'no',
    call.agentName,
    call.code,
    call.disposition,
    call.notes === null ? null : masks.text(call.notes),
  ]);
}

/** Offsets of zones are whole minutes. */
const secondsOf = (at: EpochMs): string => new Date(at).toISOString().slice(17, 19);

/** A number in a cell of its own stays one in a spreadsheet; several in one cell would be added up. */
const NUMBER_HEADS: Readonly<Record<Locale, readonly string[]>> = {
  en: ['number', 'number 2', 'number 3', 'number 4', 'more numbers'],
  'zh-CN': ['号码', '号码 2', '号码 3', '号码 4', '更多号码'],
};
const NUMBERS_APART = 4;

const LEAD_HEADS: Readonly<Record<Locale, readonly string[]>> = {
  en: [
    'lead id',
    'list',
    'external id',
    'first name',
    'last name',
    ...NUMBER_HEADS.en,
    'campaign',
    'state',
    'attempts',
    'last ending',
    'due at',
  ],
  'zh-CN': [
    '客户编号',
    '名单',
    '外部编号',
    '名',
    '姓',
    ...NUMBER_HEADS['zh-CN'],
    '活动',
    '状态',
    '尝试次数',
    '上次结束方式',
    '到期时间',
  ],
};

export const leadsHead = (locale: Locale, fields: readonly string[]): string =>
  csvLine([...LEAD_HEADS[locale], ...fields]);

/** A lead as a line, with the columns of its file that `fields` names; its standing in a campaign where one was asked for. */
export function leadLine(lead: ExportedLead, fields: readonly string[], masks: Masks): string {
  return csvLine([
    lead.leadId,
    lead.listName,
    lead.externalId,
    lead.firstName,
    lead.lastName,
    ...numberCells(lead.phones.map(masks.phone)),
    lead.campaignName,
    lead.state,
    lead.attempts,
    lead.lastEnding,
    lead.dueAt === null ? null : new Date(lead.dueAt).toISOString(),
    ...fields.map((name) => masks.text(textOf(lead.fields[name]))),
  ]);
}

/** Typed columns are numbers, days and yes or no beside texts. */
const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);

const numberCells = (phones: readonly string[]): readonly string[] => [
  ...Array.from({ length: NUMBERS_APART }, (_, i) => phones[i] ?? ''),
  phones.slice(NUMBERS_APART).join('; '),
];
