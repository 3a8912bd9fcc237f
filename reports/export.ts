import type { LeadFilter } from '../campaigns/lead-filter.schema.ts';
import type { AgentId, Branded, CampaignId, ListId } from '../kernel/ids.ts';
import { days, type DurationMs } from '../kernel/time.ts';
import type { CallFigure } from './call-list.store.ts';

export type ExportId = Branded<string, 'ExportId'>;

/** How long a file can be fetched. */
export const EXPORT_KEPT: DurationMs = days(7);

/** Calls behind a figure, as a report shows them. */
export interface CallExport {
  readonly kind: 'calls';
  readonly campaignId?: CampaignId | undefined;
  /** Calendar days of the campaign's zone; both belong to it. */
  readonly from: string;
  readonly to: string;
  readonly figure: CallFigure;
  readonly hour?: number | undefined;
  readonly agentId?: AgentId | undefined;
  readonly code?: string | undefined;
}

/** Leads of a campaign, of a list, of both, or all; those for whom the filter holds. */
export interface LeadExport {
  readonly kind: 'leads';
  readonly campaignId?: CampaignId | undefined;
  readonly listId?: ListId | undefined;
  readonly filter?: LeadFilter | undefined;
}

export type ExportRequest = CallExport | LeadExport;
export type ExportState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
