import { locale, type LocaleName } from './locale.svelte.ts';

// British order for English: 3 Dec, 20:31. Read the same everywhere, and as the server's sentences say it.
const INTL_TAGS: Readonly<Record<LocaleName, string>> = { en: 'en-GB', 'zh-CN': 'zh-CN' };

const numberFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale.name} ${JSON.stringify(options)}`;
  let format = numberFormats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(INTL_TAGS[locale.name], options);
    numberFormats.set(key, format);
  }
  return format;
}

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale.name} ${JSON.stringify(options)}`;
  let format = dateFormats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(INTL_TAGS[locale.name], { hourCycle: 'h23', ...options });
    dateFormats.set(key, format);
  }
  return format;
}

/** 12,345 */
export function formatCount(count: number): string {
  return numberFormat({ maximumFractionDigits: 0 }).format(count);
}

/** 0.0213 → 2.1 %; two digits below one per cent, so that small rates can be told apart. */
export function formatRate(rate: number): string {
  const digits = rate !== 0 && Math.abs(rate) < 0.01 ? 2 : 1;
  return numberFormat({
    style: 'percent',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(rate);
}

/** 0.03 → 3 %; 0.0285 → 2.85 %: settings, without digits that say nothing. */
export function formatRateSetting(rate: number): string {
  return numberFormat({ style: 'percent', maximumFractionDigits: 2 }).format(rate);
}

/** 132 ms */
export function formatMilliseconds(ms: number): string {
  return numberFormat({
    style: 'unit',
    unit: 'millisecond',
    unitDisplay: 'short',
    maximumFractionDigits: 0,
  }).format(ms);
}

/** A timer: 0:07, 12:30, 1:02:03. Negative lengths show as zero. */
export function formatTimer(ms: number): string {
  const all = Math.max(0, Math.floor(ms / 1000));
  const seconds = String(all % 60).padStart(2, '0');
  const minutes = Math.floor(all / 60) % 60;
  const hours = Math.floor(all / 3600);
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}

/** 20:31 where the reader is, or in the zone given. */
export function formatClock(at: number, timeZone?: string): string {
  return dateFormat({ hour: '2-digit', minute: '2-digit', ...(timeZone ? { timeZone } : {}) }).format(at);
}

/** 20:31:05 */
export function formatClockSeconds(at: number): string {
  return dateFormat({ hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at);
}

/** 3 Dec 2026, 20:31 */
export function formatDateTime(at: number, timeZone?: string): string {
  const zone = timeZone ? { timeZone } : {};
  return dateFormat({
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    ...zone,
  }).format(at);
}

/** Thu 3 Dec, 20:31 */
export function formatDayTime(at: number, timeZone?: string): string {
  const zone = timeZone ? { timeZone } : {};
  return dateFormat({
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    ...zone,
  }).format(at);
}

/** 3 December 2026, as the heading of a day. */
export function formatDay(at: number): string {
  return dateFormat({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(at);
}
