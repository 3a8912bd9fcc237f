import type { Locale } from '../compliance/locale.ts';
import { DEFAULT_DISPOSITIONS } from './defaults.ts';

const CHINESE: Readonly<Record<string, string>> = {
  sale: '成交',
  'not-interested': '无意向',
  callback: '约定回拨',
  'do-not-call': '要求不再拨打',
  'not-home': '本人不在',
  'no-time': '现在没空',
  'wrong-number': '号码有误',
  machine: '答录机',
  'hung-up': '对方挂断',
  'no-audio': '无人说话',
};

/** A disposition in the reader's language, as long as the organization has left it as it came; else its own words. */
export function dispositionWord(label: string, locale: Locale): string {
  if (locale === 'en') return label;
  const shipped = DEFAULT_DISPOSITIONS.find((word) => word.label === label);
  return (shipped && CHINESE[shipped.code]) ?? label;
}
