import type { Locale } from '../compliance/locale.ts';
import type { AgentState } from '../dialer/agent.ts';
import type { AgentView } from '../dialer/live-view.ts';
import { unreachable } from '../kernel/assert.ts';

export type HelpKind = 'pause' | 'ready' | 'sign-out' | 'connect-phone';

/** What a supervisor is told: in one sentence, in his language, about the agent and not to him. */
export interface HelpSaid {
  readonly outcome: 'done' | 'waits';
  readonly message: string;
}

type Helped = Pick<AgentView, 'name' | 'state' | 'wanted'>;

/** What has come of it, judged by the agent as he is afterwards. */
export function doneSentence(kind: HelpKind, agent: Helped, locale: Locale): HelpSaid {
  const { name } = agent;
  const say = (english: string, chinese: string, outcome: HelpSaid['outcome'] = 'done'): HelpSaid => ({
    outcome,
    message: locale === 'zh-CN' ? chinese : english,
  });
  switch (kind) {
    case 'pause':
      if (agent.wanted !== 'pause') return say(`${name} is paused.`, `${name}已暂停。`);
      return say(
        `${name} pauses as soon as the call or the lines under way have ended.`,
        `${name}将在当前通话或线路结束后暂停。`,
        'waits',
      );
    case 'ready':
      return say(`${name} takes calls.`, `${name}可以接听来话。`);
    case 'sign-out':
      if (agent.wanted !== 'sign-out') return say(`${name} is signed out.`, `${name}已签出。`);
      return say(
        `${name} is signed out as soon as the call or the lines under way have ended.`,
        `${name}将在当前通话或线路结束后签出。`,
        'waits',
      );
    case 'connect-phone':
      return say(
        `The phone of ${name} is being called; it must be answered.`,
        `正在呼叫${name}的话机，请其接听。`,
      );
    default:
      return unreachable(kind);
  }
}

/** Why it was not done, and who can do something about it. `code` is the owner's. */
export function refusedSentence(
  { kind, code }: { kind: HelpKind; code: string },
  { name, state }: Pick<AgentView, 'name' | 'state'>,
  locale: Locale,
): string {
  const isChinese = locale === 'zh-CN';
  switch (code) {
    case 'disposition-missing':
      return isChinese
        ? `${name}上一通话尚缺结果，只能由其本人保存。`
        : `The last call of ${name} has no outcome yet; only the agent can store it.`;
    case 'switch-down':
      return isChinese
        ? '目前无法连接电话交换机，请稍后重试。'
        : 'The telephone switch cannot be reached just now; try again in a moment.';
    case 'bad-extension':
      return isChinese
        ? `${name}的分机不是本系统的分机，请管理员更正。`
        : `The extension of ${name} is not one of ours; an administrator must correct it.`;
    case 'not-owner':
      return isChinese
        ? '该坐席池刚刚换到另一台机器，请重试。'
        : 'This pool has just moved to another process; try again.';
    default:
      return isChinese
        ? `${name}目前为“${STATE_WORDS[state][1]}”，无法${KIND_WORDS[kind][1]}。`
        : `${name} is ${STATE_WORDS[state][0]} and cannot be ${KIND_WORDS[kind][0]} now.`;
  }
}

/** Only the agent himself begins his shift: a phone is called again, not for the first time. */
export const mayReconnect = (state: AgentState): boolean => state === 'phone-lost';

const KIND_WORDS: Readonly<Record<HelpKind, readonly [english: string, chinese: string]>> = {
  pause: ['paused', '暂停'],
  ready: ['made ready', '设为就绪'],
  'sign-out': ['signed out', '签出'],
  'connect-phone': ['reconnected', '重新连接话机'],
};

const STATE_WORDS: Readonly<Record<AgentState, readonly [english: string, chinese: string]>> = {
  'signed-out': ['signed out', '未登录'],
  'phone-connecting': ['connecting a phone', '电话连接中'],
  'phone-lost': ['without a phone', '电话断线'],
  ready: ['ready', '就绪'],
  reserved: ['being given a call', '来话接入'],
  previewing: ['looking at a lead', '预览中'],
  dialling: ['dialling', '拨号中'],
  talking: ['talking', '通话中'],
  'on-hold': ['holding a call', '保持中'],
  consulting: ['consulting', '咨询中'],
  'wrapping-up': ['wrapping up a call', '话后处理'],
  paused: ['paused', '暂停'],
};

/** What a move does to the agent's callbacks, to be said after it; empty when there are none. */
export function callbacksLeftSentence(callbacks: number, locale: Locale): string {
  if (callbacks === 0) return '';
  if (locale === 'zh-CN') return `其 ${String(callbacks)} 个回拨改由原坐席池中空闲的坐席拨打。`;
  return callbacks === 1
    ? ' One callback stays behind, for whoever is free.'
    : ` ${String(callbacks)} callbacks stay behind, for whoever is free.`;
}

/** What the supervisor and the moved agent are told. */
export const MOVE_SENTENCES = {
  done: {
    en: (name: string, pool: string) => `${name} works in ${pool} now, and connects the phone there.`,
    'zh-CN': (name: string, pool: string) => `${name}现在属于${pool}，请其在那里重新连接话机。`,
  },
  waits: {
    en: (name: string, pool: string) =>
      `${name} moves to ${pool} as soon as the call and its outcome are finished.`,
    'zh-CN': (name: string, pool: string) => `${name}将在当前通话及其结果完成后转到${pool}。`,
  },
  told: {
    en: (_name: string, pool: string) =>
      `You work in ${pool} from now on. Connect your phone to begin there.`,
    'zh-CN': (_name: string, pool: string) => `您已转到${pool}。请重新连接话机后开始工作。`,
  },
  toldBefore: {
    en: (_name: string, pool: string) =>
      `You move to ${pool} as soon as your call and its outcome are finished; you are signed out here then.`,
    'zh-CN': (_name: string, pool: string) => `您将在当前通话及其结果完成后转到${pool}，届时在此签出。`,
  },
  same: {
    en: (name: string, pool: string) => `${name} works in ${pool} already.`,
    'zh-CN': (name: string, pool: string) => `${name}已经属于${pool}。`,
  },
  nobody: {
    en: (name: string, pool: string) =>
      `Nobody runs ${pool} at the moment, so ${name} would get no calls there.`,
    'zh-CN': (name: string, pool: string) => `目前没有程序运行${pool}，${name}在那里接不到来话。`,
  },
  takenBack: {
    en: (name: string, _pool: string) => `${name} stays; the move is taken back.`,
    'zh-CN': (name: string, _pool: string) => `${name}留在原处，调动已撤回。`,
  },
} as const satisfies Readonly<
  Record<string, Readonly<Record<Locale, (name: string, pool: string) => string>>>
>;
