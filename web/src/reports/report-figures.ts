import { formatMilliseconds, formatTimer } from '../i18n/figures.ts';
import { locale } from '../i18n/locale.svelte.ts';

/** 1:02:03; a dash where there is nothing to average. */
export const timeText = (ms: number | null): string => (ms === null ? '–' : formatTimer(ms));

/** 132 ms; a dash where there is nothing to average. */
export const msText = (ms: number | null): string => (ms === null ? '–' : formatMilliseconds(ms));

/** A calendar day (yyyy-mm-dd) as people write it: Thu 3 Dec. */
export function dayText(day: string): string {
  const language = locale.name === 'en' ? 'en-GB' : locale.name;
  const form = { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' } as const;
  return new Intl.DateTimeFormat(language, form).format(Date.parse(`${day}T00:00:00Z`));
}

/** 3 Dec, for axes and ranges. */
export function shortDayText(day: string): string {
  const language = locale.name === 'en' ? 'en-GB' : locale.name;
  const form = { timeZone: 'UTC', day: 'numeric', month: 'short' } as const;
  return new Intl.DateTimeFormat(language, form).format(Date.parse(`${day}T00:00:00Z`));
}

/** 3 Dec, or 3 Dec – 9 Dec. */
export const daysText = (from: string, to: string): string =>
  from === to ? dayText(from) : `${shortDayText(from)} – ${shortDayText(to)}`;
