import type { Tx } from '../kernel/database.ts';
import type { Author } from './campaign-change.store.ts';
import { addCampaignJob, type CampaignJobKey } from './campaign-job.store.ts';
import { redateLeads } from './redate.store.ts';
import type { RetryEnding } from './retry-rule.ts';

/** Campaigns of more leads do it by a background job. */
const REDATED_AT_ONCE_MAX = 20_000;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

export interface RedatedCampaign {
  readonly endings: readonly RetryEnding[];
  /** About how many the campaign has. */
  readonly leads: number;
  readonly author: Author;
}

/**
 * In the transaction that changed the rules: the leads that rest after these endings rest by the new rules. Returns how many got
 * another date; null: they are many, a job does it and its runner must be woken.
 */
export async function redateCampaign(
  query: Tx,
  key: Pick<CampaignJobKey, 'organizationId' | 'campaignId'>,
  { endings, leads, author }: RedatedCampaign,
): Promise<number | null> {
  if (leads > REDATED_AT_ONCE_MAX) {
    const work = { kind: 're-date', endings } as const;
    const job = { jobId: author.newId<string>(author.at), startedAt: author.at, startedBy: author.userId };
    await addCampaignJob(query, key, { ...job, work, leadsExpected: leads });
    return null;
  }
  let changed = 0;
  for (let after: string = BEFORE_ALL; ;) {
    const batch = await redateLeads(query, { ...key, endings, after });
    if (batch === null) return changed;
    changed += batch.changed;
    after = batch.last;
  }
}
