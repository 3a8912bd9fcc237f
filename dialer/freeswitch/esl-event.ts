import type { EpochMs } from '../../kernel/time.ts';

/** An event as FreeSWITCH wrote it in JSON. A header that was pushed several times is a list. */
export type EslEvent = Readonly<Record<string, string | readonly string[]>>;

/** A header of an event; null when it is missing, empty or a list. */
export function header(event: EslEvent, name: string): string | null {
  const value = event[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The event's own time. FreeSWITCH stamps microseconds of its 20 ms tick. Null when there is none. */
export function eventTime(event: EslEvent): EpochMs | null {
  return microseconds(header(event, 'Event-Date-Timestamp'));
}

/** A count of microseconds since 1970 as a moment; null for nothing and for 0, which means "has not happened". */
export function microseconds(text: string | null): EpochMs | null {
  if (text === null || !/^[0-9]{1,17}$/.test(text)) return null;
  const ms = Math.floor(Number(text) / 1000);
  return ms === 0 ? null : (ms as EpochMs);
}

/** Null when `body` is no JSON object. */
export function parseEvent(body: Buffer): EslEvent | null {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as EslEvent) : null;
  } catch {
    return null;
  }
}
