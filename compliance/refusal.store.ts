import type { Query } from '../kernel/database.ts';
import type { CampaignId, LeadId, OrganizationId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { RefusalFacts } from './verdict.ts';

/** A refusal as the commit of a batch has written it. */
export interface StoredRefusal {
  readonly at: EpochMs;
  readonly campaignId: CampaignId | null;
  readonly leadId: LeadId;
  readonly phone: PhoneNumber;
  readonly rule: string;
  readonly rulesVersion: string;
  readonly facts: RefusalFacts;
  readonly retryAt: EpochMs | null;
}

/** The newest first; `before` = the last one seen. */
export interface RefusalPage {
  readonly before?: Pick<StoredRefusal, 'at' | 'leadId'> | undefined;
  readonly limit: number;
}

/** After everything: year 2243, highest UUID. */
const END = { at: 8_640_000_000_000, leadId: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };

export async function refusalsOfLead(
  query: Query,
  { organizationId, leadId }: { readonly organizationId: OrganizationId; readonly leadId: LeadId },
  page: RefusalPage,
): Promise<readonly StoredRefusal[]> {
  const before = page.before ?? END;
  return query<StoredRefusal>`
    select at, campaign_id as "campaignId", lead_id as "leadId", phone, rule, rules_version as "rulesVersion", facts,
           retry_at as "retryAt"
      from refusal
     where organization_id = ${organizationId} and lead_id = ${leadId}
       and (at, lead_id) < (${new Date(before.at)}, ${before.leadId}::uuid)
     order by at desc, lead_id desc
     limit ${page.limit}`;
}

export async function refusalsOfCampaign(
  query: Query,
  {
    organizationId,
    campaignId,
  }: { readonly organizationId: OrganizationId; readonly campaignId: CampaignId },
  page: RefusalPage,
): Promise<readonly StoredRefusal[]> {
  const before = page.before ?? END;
  return query<StoredRefusal>`
    select at, campaign_id as "campaignId", lead_id as "leadId", phone, rule, rules_version as "rulesVersion", facts,
           retry_at as "retryAt"
      from refusal
     where organization_id = ${organizationId} and campaign_id = ${campaignId}
       and (at, lead_id) < (${new Date(before.at)}, ${before.leadId}::uuid)
     order by at desc, lead_id desc
     limit ${page.limit}`;
}
