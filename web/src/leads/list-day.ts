import { serverClock } from '../ui/server-clock.svelte.ts';

/** Whether a list's last day (YYYY-MM-DD) is over by the reader's calendar; for the dialer the campaign's decides. */
export function isDayOver(day: string): boolean {
  const at = new Date(serverClock.now);
  const two = (part: number): string => String(part).padStart(2, '0');
  return day < `${String(at.getFullYear())}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
