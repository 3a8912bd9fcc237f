import type { AgentDeskView } from '../dialer/pool-owner.ts';
import type { OrganizationDatabase } from '../kernel/database.ts';
import type { Disposition } from './api/agent-desk.schema.ts';
import {
  loadCampaignWords,
  loadDeskLead,
  loadStoredCall,
  type DeskCallKey,
  type DeskLeadRow,
  type StoredCall,
} from './desk.store.ts';

/** All that the tables say of what an agent has in hand: a call, a lead to look at, a number that is being dialled. */
export interface InHandRow {
  /** See {@link inHandKey}. */
  readonly key: string | null;
  /** Only where the owner does not know the call himself: he took over after it was made. */
  readonly stored: StoredCall | null;
  readonly row: DeskLeadRow | null;
  /** What its campaign offers; null = without a campaign. */
  readonly dispositions: readonly Disposition[] | null;
}

/** Whom the agent has before him, as far as the owner knows. */
export function leadInHand({ call, preview, dialling }: AgentDeskView): DeskCallKey | null {
  if (call) return call.leadId === null ? null : { ...call, leadId: call.leadId };
  return dialling ?? preview;
}

/** Changes when another lead, or another call with the same one, comes to the screen; null = nothing in hand. */
export function inHandKey(view: AgentDeskView | null): string | null {
  if (view === null) return null;
  const lead = leadInHand(view);
  if (view.call === null && lead === null) return null;
  return [view.call?.callId, lead?.campaignId, lead?.leadId, lead?.numberId].join(' ');
}

export async function loadInHand(database: OrganizationDatabase, view: AgentDeskView): Promise<InHandRow> {
  const { call } = view;
  const stored = call && call.leadId === null ? await loadStoredCall(database, call.callId) : null;
  const storedKey = stored?.leadId ? { ...stored, leadId: stored.leadId } : null;
  const lead = storedKey ?? leadInHand(view);
  const campaignId = lead?.campaignId ?? null;
  const [row, dispositions] = await Promise.all([
    lead && loadDeskLead(database, { ...lead, agentName: view.agent.name }),
    campaignId && loadCampaignWords(database, campaignId),
  ]);
  return { key: inHandKey(view), stored, row, dispositions };
}
