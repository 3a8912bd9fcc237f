import { accountEn } from './en/account.ts';
import { adminEn } from './en/admin.ts';
import { campaignSetupEn } from './en/campaign-setup.ts';
import { campaignsEn } from './en/campaigns.ts';
import { deskEn } from './en/desk.ts';
import { importsEn } from './en/imports.ts';
import { leadsEn } from './en/leads.ts';
import { listsEn } from './en/lists.ts';
import { liveEn } from './en/live.ts';
import { peopleEn } from './en/people.ts';
import { reportsEn } from './en/reports.ts';
import { shellEn } from './en/shell.ts';
import { usersEn } from './en/users.ts';
import { accountZhCn } from './zh-cn/account.ts';
import { adminZhCn } from './zh-cn/admin.ts';
import { supervisorEn } from './en/supervisor.ts';
import { campaignSetupZhCn } from './zh-cn/campaign-setup.ts';
import { campaignsZhCn } from './zh-cn/campaigns.ts';
import { deskZhCn } from './zh-cn/desk.ts';
import { importsZhCn } from './zh-cn/imports.ts';
import { leadsZhCn } from './zh-cn/leads.ts';
import { listsZhCn } from './zh-cn/lists.ts';
import { liveZhCn } from './zh-cn/live.ts';
import { peopleZhCn } from './zh-cn/people.ts';
import { reportsZhCn } from './zh-cn/reports.ts';
import { shellZhCn } from './zh-cn/shell.ts';
import { supervisorZhCn } from './zh-cn/supervisor.ts';
import { usersZhCn } from './zh-cn/users.ts';
import type { ValueNames } from './message-values.ts';

export const LOCALES = ['en', 'zh-CN'] as const;
export type LocaleName = (typeof LOCALES)[number];

/** Texts of the screen in ICU message format. English decides which there are; a language that lacks one does not compile. */
export const messagesEn = {
  ...shellEn,
  ...liveEn,
  ...campaignsEn,
  ...campaignSetupEn,
  ...importsEn,
  ...leadsEn,
  ...listsEn,
  ...reportsEn,
  ...deskEn,
  ...peopleEn,
  ...supervisorEn,
  ...usersEn,
  ...adminEn,
  ...accountEn,
} as const;

export type MessageKey = keyof typeof messagesEn;

export const messagesZhCn: Readonly<Record<MessageKey, string>> = {
  ...shellZhCn,
  ...liveZhCn,
  ...campaignsZhCn,
  ...campaignSetupZhCn,
  ...importsZhCn,
  ...leadsZhCn,
  ...listsZhCn,
  ...reportsZhCn,
  ...deskZhCn,
  ...peopleZhCn,
  ...supervisorZhCn,
  ...usersZhCn,
  ...adminZhCn,
  ...accountZhCn,
};

export const MESSAGES: Readonly<Record<LocaleName, Readonly<Record<MessageKey, string>>>> = {
  en: messagesEn,
  'zh-CN': messagesZhCn,
};

type Values<K extends MessageKey> = ValueNames<(typeof messagesEn)[K]>;
/** Values of a message: none where its text has no names in braces. */
export type MessageArguments<K extends MessageKey> = [Values<K>] extends [never]
  ? []
  : [values: Readonly<Record<Values<K>, string | number>>];
