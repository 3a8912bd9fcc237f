import type { Locale } from '../compliance/locale.ts';
import { placeOfNumber, zoneKey } from '../compliance/number-place.ts';
import { readPhone, type PhoneProblem } from '../compliance/read-phone.ts';
import type { LeadId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';

/** A lead as a person or a program gives it. Numbers in any form, the first one is dialled first. */
export interface LeadToAdd {
  readonly externalId?: string | null | undefined;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly fields?: Readonly<Record<string, string>> | undefined;
  readonly numbers: readonly string[];
  /** 0 … 99: the higher ones are dialled before all others of their campaigns. */
  readonly priority?: number | undefined;
}

/** What is left out stays as it is; numbers are given whole, in their order. */
export interface LeadChange extends Omit<LeadToAdd, 'fields' | 'numbers'> {
  readonly leadId: LeadId;
  readonly numbers?: readonly string[] | undefined;
  /** Fields that are named are set; null takes one away. */
  readonly fields?: Readonly<Record<string, string | null>> | undefined;
}

export type LeadProblem =
  PhoneProblem | 'number-twice' | 'number-taken' | 'external-id-taken' | 'unknown-lead' | 'in-call';

export type LeadWritten =
  | { readonly ok: true; readonly leadId: LeadId }
  | { readonly ok: false; readonly problem: LeadProblem; readonly value: string | null };

export interface ReadNumber {
  readonly phone: PhoneNumber;
  readonly zoneKey: string;
}

export type ReadNumbers =
  | { readonly ok: true; readonly numbers: readonly ReadNumber[] }
  | { readonly ok: false; readonly problem: LeadProblem; readonly value: string };

/** All numbers of a lead, or the first that is none. `country` is that of numbers written without one. */
export function readNumbers(texts: readonly string[], country: string): ReadNumbers {
  const numbers: ReadNumber[] = [];
  for (const value of texts) {
    const read = readPhone(value, country);
    if (!read.ok) return { ok: false, problem: read.problem, value };
    const { phone } = read;
    if (numbers.some((other) => other.phone === phone)) return { ok: false, problem: 'number-twice', value };
    numbers.push({ phone, zoneKey: zoneKey(placeOfNumber(phone).zones) });
  }
  return { ok: true, numbers };
}

/** Why a lead was not written, to go behind the number or id that is at fault. */
export const LEAD_PROBLEM_SENTENCES: Readonly<Record<Locale, Readonly<Record<LeadProblem, string>>>> = {
  en: {
    'phone-missing': 'The phone number is missing.',
    'phone-damaged': 'A spreadsheet has cut digits off this number: type it in full.',
    'phone-not-a-number': 'This is not a phone number.',
    'phone-too-short': 'This number is too short.',
    'phone-too-long': 'This number is too long.',
    'phone-without-country': 'This number needs a plus sign and its country.',
    'phone-invalid': 'No such number can exist: check its digits.',
    'phone-with-extension': 'A number with an extension cannot be dialled: leave the extension out.',
    'phone-premium-rate': 'Premium-rate numbers are not called.',
    'number-twice': 'The lead has this number already.',
    'number-taken': 'Another lead of the list has this number.',
    'external-id-taken': 'Another lead of the list has this id.',
    'unknown-lead': 'There is no such lead.',
    'in-call': 'The lead is in a call, or its outcome is still missing: try again afterwards.',
  },
  'zh-CN': {
    'phone-missing': '缺少电话号码。',
    'phone-damaged': '电子表格截掉了该号码的数字：请输入完整号码。',
    'phone-not-a-number': '这不是电话号码。',
    'phone-too-short': '号码太短。',
    'phone-too-long': '号码太长。',
    'phone-without-country': '号码需要加号和国家代码。',
    'phone-invalid': '不存在这样的号码：请检查数字。',
    'phone-with-extension': '带分机的号码无法拨打：请去掉分机号。',
    'phone-premium-rate': '不拨打高额收费号码。',
    'number-twice': '该客户已有此号码。',
    'number-taken': '名单中的另一位客户已有此号码。',
    'external-id-taken': '名单中的另一位客户已有此编号。',
    'unknown-lead': '没有这位客户。',
    'in-call': '该客户正在通话中，或通话结果尚未填写：请稍后再试。',
  },
};
