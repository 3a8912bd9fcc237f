import type { Locale } from './locale.ts';
import type { PhoneProblem } from './read-phone.ts';

/** What is wrong with a text that is no number to dial; goes behind the text and a colon. */
export const PHONE_PROBLEM_SENTENCES: Readonly<Record<Locale, Readonly<Record<PhoneProblem, string>>>> = {
  en: {
    'phone-missing': 'there is no phone number',
    'phone-damaged':
      'a spreadsheet has turned the number into a power of ten, or into hashes, and its digits are lost',
    'phone-not-a-number': 'this is not one phone number',
    'phone-too-short': 'the number is too short',
    'phone-too-long': 'the number is too long',
    'phone-without-country': 'the country of the number is not known; write it as +1 305 555 0100',
    'phone-invalid': 'no such number is in service',
    'phone-with-extension': 'a number with an extension cannot be dialled',
    'phone-premium-rate': 'premium-rate numbers are never dialled',
  },
  'zh-CN': {
    'phone-missing': '没有电话号码',
    'phone-damaged': '电子表格把号码变成了科学计数法或 ####，原有数字已丢失',
    'phone-not-a-number': '这不是一个电话号码',
    'phone-too-short': '号码太短',
    'phone-too-long': '号码太长',
    'phone-without-country': '无法确定号码所属国家；请写成 +86 139 1234 5678',
    'phone-invalid': '没有这样的号码',
    'phone-with-extension': '带分机的号码无法拨打',
    'phone-premium-rate': '收费声讯号码一律不拨打',
  },
};
