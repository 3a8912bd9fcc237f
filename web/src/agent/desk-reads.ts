import type { DayMessage, DayMessages, History, HistoryEntry } from '../../../server/api.ts';
import type { DeskRecentCall, DeskRecentCalls } from '../../../server/api/desk-callback.schema.ts';
import type { DeskCallback, DeskCallbacks } from '../../../server/api/desk-dial.schema.ts';
import { api } from '../api/api-client.ts';
import type { Page } from '../leads/paged.svelte.ts';

const HISTORY_PAGE = 20;

/** What happened to the lead in the agent's hands; the newest first. */
export async function readDeskHistory(
  after: string | null,
  signal: AbortSignal,
): Promise<Page<HistoryEntry>> {
  const query = { limit: HISTORY_PAGE, after };
  const { entries, next } = await api.get<History>('/api/agent/lead/history', { query, signal });
  return { rows: entries, next };
}

/** The agent's own appointments, the next first. */
export async function readCallbacks(signal: AbortSignal): Promise<readonly DeskCallback[]> {
  return (await api.get<DeskCallbacks>('/api/agent/callbacks', { signal })).callbacks;
}

/** Calls that he noted lately, the newest first. */
export async function readRecentCalls(signal: AbortSignal): Promise<readonly DeskRecentCall[]> {
  return (await api.get<DeskRecentCalls>('/api/agent/recent-calls', { signal })).calls;
}

/** What supervisors wrote to him today, the newest first. */
export async function readDayMessages(signal: AbortSignal): Promise<readonly DayMessage[]> {
  return (await api.get<DayMessages>('/api/agent/messages/today', { signal })).messages;
}
