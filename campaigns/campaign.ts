import type { Locale } from '../compliance/locale.ts';
import type { CampaignId, ListId, PoolId, TrunkId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import { hasEnded, type CampaignSchedule } from './campaign-hours.ts';
import type { FormField } from './form.ts';
import type { RetryRules } from './retry-rule.ts';

export type CampaignState = 'draft' | 'running' | 'paused' | 'finished';
/** In preview the agent sees the lead before the call, in manual he alone dials: nothing is placed by the pacer. */
export const DIAL_MODES = ['progressive', 'power', 'predictive', 'preview', 'manual'] as const;
export type DialMode = (typeof DIAL_MODES)[number];
/** What the calls are for: which rules the gate applies. */
export const CAMPAIGN_KINDS = ['telemarketing', 'debt', 'informational', 'research'] as const;
export type CampaignKind = (typeof CAMPAIGN_KINDS)[number];
/** When the time of a preview is up. */
export const PREVIEW_ENDS = ['dial', 'skip'] as const;
export type PreviewEnd = (typeof PREVIEW_ENDS)[number];

/** What a manager sets; bounds are those of the table. */
export interface CampaignSettings extends CampaignSchedule {
  readonly name: string;
  readonly kind: CampaignKind;
  readonly poolId: PoolId;
  readonly trunkId: TrunkId | null;
  readonly dialMode: DialMode;
  /** Lines per ready agent in power mode. */
  readonly linesPerAgent: number;
  /** The law's limit of the abandonment rate, 0…0.2. */
  readonly abandonRateMax: number;
  /** The share of the limit that the pacer aims at. */
  readonly abandonTargetShare: number;
  readonly legalMs: number;
  readonly ringTimeoutMs: number;
  readonly wrapUpMs: number;
  /** E.164. */
  readonly callerId: string | null;
  readonly messageFile: string;
  /** Only what differs from the product's own rules. */
  readonly retryRules: Partial<RetryRules>;
  readonly attemptsPerLeadMax: number;
  /** Of this campaign on one number; null = no limit of its own. */
  readonly attemptsPerNumberMax: number | null;
  /** Within any 24 hours, of all campaigns. */
  readonly attemptsPerNumberDayMax: number;
  /** Within any 24 hours, of all campaigns, on all numbers of a lead; null = no limit of its own. */
  readonly attemptsPerLeadDayMax: number | null;
  /** Text with places like {{first_name}}; see script.ts. */
  readonly script: string;
  readonly form: readonly FormField[];
  /** How long a lead is reserved for an agent who looks at it. */
  readonly previewMs: number;
  readonly previewThen: PreviewEnd;
  /** An agent is paused after so many previews in a row whose time ran out; null = never. */
  readonly previewsMissedMax: number | null;
  /** Anyone may take a callback whose own agent has been absent for so long; null = it waits for him. */
  readonly callbackOpenAfterMs: number | null;
  readonly priority: number;
}

export interface CampaignList {
  readonly listId: ListId;
  readonly name: string;
  readonly leads: number;
  readonly priority: number;
}

export interface Campaign extends CampaignSettings {
  readonly campaignId: CampaignId;
  readonly state: CampaignState;
  readonly startedAt: EpochMs | null;
  readonly createdAt: EpochMs;
  /** Counts changes. */
  readonly version: number;
  readonly lists: readonly CampaignList[];
  /** Seats in its pool. */
  readonly agentCount: number;
  /** A lead of its lists is not finished. */
  readonly hasOpenLeads: boolean;
}

/** A finished campaign stays finished: its figures are closed. Pausing cancels no call. */
export const NEXT_CAMPAIGN_STATES = {
  draft: ['running', 'finished'],
  running: ['paused', 'finished'],
  paused: ['running', 'finished'],
  finished: [],
} as const satisfies Record<CampaignState, readonly CampaignState[]>;

export type StartProblem =
  | 'finished'
  | 'ended'
  | 'no-list'
  | 'no-leads'
  | 'all-leads-finished'
  | 'no-caller-id'
  | 'no-trunk'
  | 'no-agents';

/** Everything that must be put right before the campaign can start; empty when it can. */
export function startProblemsOf(campaign: Campaign, now: EpochMs): readonly StartProblem[] {
  const { state, lists, callerId, trunkId, agentCount, hasOpenLeads } = campaign;
  if (state === 'finished') return ['finished'];
  const problems: StartProblem[] = [];
  if (hasEnded(campaign, now)) problems.push('ended');
  if (lists.length === 0) problems.push('no-list');
  else if (lists.every(({ leads }) => leads === 0)) problems.push('no-leads');
  else if (!hasOpenLeads) problems.push('all-leads-finished');
  if (callerId === null) problems.push('no-caller-id');
  if (trunkId === null) problems.push('no-trunk');
  if (agentCount === 0) problems.push('no-agents');
  return problems;
}

export const START_PROBLEM_SENTENCES: Readonly<Record<Locale, Readonly<Record<StartProblem, string>>>> = {
  en: {
    finished: 'The campaign is finished and cannot be started again: make a new one.',
    ended: 'The last day of the campaign is over: set a later one.',
    'no-list': 'The campaign has no list: attach one.',
    'no-leads': 'The lists of the campaign are empty: import leads into one of them.',
    'all-leads-finished': 'All leads of the campaign are finished: attach another list or import more leads.',
    'no-caller-id': 'The campaign has no caller ID: set the number that called people see.',
    'no-trunk': 'The campaign has no trunk: choose the one its calls go out on.',
    'no-agents': 'The pool of the campaign has no agents: give one a seat in it.',
  },
  'zh-CN': {
    finished: '该活动已结束，不能再次启动：请新建一个活动。',
    ended: '该活动的结束日期已过：请设置更晚的日期。',
    'no-list': '该活动没有名单：请关联一个名单。',
    'no-leads': '该活动的名单都是空的：请向其中一个名单导入客户。',
    'all-leads-finished': '该活动的所有客户都已结束：请关联其他名单或导入更多客户。',
    'no-caller-id': '该活动没有主叫号码：请设置对方看到的号码。',
    'no-trunk': '该活动没有中继：请选择呼出所用的中继。',
    'no-agents': '该活动所在的坐席池没有坐席：请为坐席池分配坐席。',
  },
};

export type ChangeProblem = 'pool-while-running' | 'pool-while-calling' | 'zone-after-start' | 'finished';

export const CHANGE_PROBLEM_SENTENCES: Readonly<Record<Locale, Readonly<Record<ChangeProblem, string>>>> = {
  en: {
    finished: 'The campaign is finished: its settings cannot be changed any more.',
    'pool-while-running': 'The campaign is running: pause it before you move it to another pool.',
    'pool-while-calling':
      'Calls of this campaign are still up: move it to another pool when they have ended.',
    'zone-after-start':
      'The campaign has been started: its days are counted in its time zone, which cannot be changed.',
  },
  'zh-CN': {
    finished: '该活动已结束，设置不能再更改。',
    'pool-while-running': '该活动正在运行：请先暂停，再换到其他坐席池。',
    'pool-while-calling': '该活动仍有通话在进行：请等通话结束后再换到其他坐席池。',
    'zone-after-start': '该活动已启动过：其日期按时区统计，时区不能再更改。',
  },
};

/** What forbids a change of settings; null = nothing. */
export function changeProblemOf(
  campaign: Pick<Campaign, 'state' | 'startedAt' | 'poolId' | 'timeZone'>,
  change: Partial<CampaignSettings>,
): ChangeProblem | null {
  if (campaign.state === 'finished') return 'finished';
  const movesPool = change.poolId !== undefined && change.poolId !== campaign.poolId;
  if (movesPool && campaign.state === 'running') return 'pool-while-running';
  const movesZone = change.timeZone !== undefined && change.timeZone !== campaign.timeZone;
  return movesZone && campaign.startedAt !== null ? 'zone-after-start' : null;
}
