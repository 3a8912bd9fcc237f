import type { AgentDeskView } from '../dialer/pool-owner.ts';
import type { AgentDesk } from './api/agent-desk.schema.ts';
import type { InHandRow } from './desk-call.store.ts';
import type { DeskFrame } from './desk.store.ts';

export interface DeskParts {
  readonly view: AgentDeskView;
  readonly frame: DeskFrame;
  /** Null while it is looked up. */
  readonly inHand: InHandRow | null;
  readonly today: AgentDesk['today'];
}

/** What an agent's screen shows, from the owner's memory and the database. */
export function composeDesk({ view, frame, inHand, today }: DeskParts): AgentDesk {
  const { agent } = view;
  const row = inHand?.row ?? null;
  return {
    at: view.at,
    poolId: frame.poolId,
    extension: frame.extension,
    agent: {
      agentId: agent.agentId,
      name: agent.name,
      state: agent.state,
      reason: agent.reason,
      since: agent.since,
      wrapUntil: agent.wrapUntil,
      wanted: agent.wanted,
      callsToday: agent.callsToday,
    },
    call: composeCall(view, inHand),
    preview: view.preview,
    dialling: view.dialling,
    campaigns: [...view.campaigns],
    lead: row?.lead ?? null,
    dispositions: [...(inHand?.dispositions ?? frame.dispositions)],
    pauseReasons: [...frame.pauseReasons],
    today,
  };
}

/** The owner knows more of a call that goes on, the tables of one that was made before he took over. */
function composeCall({ call }: AgentDeskView, inHand: InHandRow | null): AgentDesk['call'] {
  if (call === null) return null;
  const stored = inHand?.stored ?? null;
  return {
    callId: call.callId,
    campaignId: call.campaignId ?? stored?.campaignId ?? null,
    campaignName: inHand?.row?.campaignName ?? null,
    phone: stored?.phone ?? call.phone,
    connectedAt: stored?.connectedAt ?? call.connectedAt,
    endedAt: call.endedAt === null ? null : (stored?.endedAt ?? call.endedAt),
    needsDisposition: call.needsDisposition,
  };
}

/** Whether a screen that shows `before` is still right; the moment of the view itself is not shown. */
export function showsTheSame(before: AgentDeskView | null, after: AgentDeskView | null): boolean {
  if (before === null || after === null) return before === after;
  const shown = ({ at: _, ...rest }: AgentDeskView): string => JSON.stringify(rest);
  return shown(before) === shown(after);
}
