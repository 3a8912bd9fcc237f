import type { OrganizationDatabase } from '../kernel/database.ts';
import type { CampaignId } from '../kernel/ids.ts';
import { recordChanges, type Author } from './campaign-change.store.ts';
import { beginAttachment } from './campaign-list.store.ts';
import { createCampaign, readCampaign, type CampaignKey } from './campaign.store.ts';
import type { Campaign } from './campaign.ts';

export interface CopyRequest {
  readonly name: string;
  readonly campaignId: CampaignId;
  /** Left out, the copy has the product's defaults of them. Settings are always copied. */
  readonly parts: {
    readonly dispositions: boolean;
    readonly script: boolean;
    readonly form: boolean;
    readonly lists: boolean;
  };
  readonly author: Author;
}

/**
 * A draft with the settings of another campaign, but without its first and last day: those are of the past. False when there is no
 * such campaign. @throws SqlError 23505 when the name is taken.
 */
export async function copyCampaign(
  database: OrganizationDatabase,
  { organizationId, campaignId: sourceId }: CampaignKey,
  { name, campaignId, parts, author }: CopyRequest,
): Promise<boolean> {
  const source = await database.tx(async (query): Promise<Campaign | null> => {
    const original = await readCampaign(query, organizationId, sourceId);
    if (original === null) return null;
    const settings = { ...original, name, startsOn: null, endsOn: null };
    const made = await createCampaign(query, organizationId, {
      campaignId,
      createdAt: author.at,
      settings: {
        ...settings,
        script: parts.script ? original.script : '',
        form: parts.form ? original.form : [],
      },
    });
    if (!made.ok) return null;
    if (parts.dispositions) {
      await query`
        insert into campaign_disposition (campaign_id, organization_id, code, position, hot_key)
        select ${campaignId}, organization_id, code, position, hot_key from campaign_disposition
         where organization_id = ${organizationId} and campaign_id = ${sourceId}`;
    }
    const changes = [{ field: 'copied-from', before: null, after: original.name }];
    await recordChanges(query, author, { organizationId, campaignId, version: 0, changes });
    return original;
  });
  if (source === null) return false;
  if (!parts.lists) return true;
  for (const { listId, priority } of source.lists)
    await beginAttachment(
      database,
      { organizationId, campaignId },
      { attachment: { listId, priority, at: author.at }, author },
    );
  return true;
}
