import type { OrganizationDatabase, Query } from '../kernel/database.ts';
import type { CampaignId } from '../kernel/ids.ts';
import { recordChanges, type Author } from './campaign-change.store.ts';
import { beginAttachment, type ListAttachment } from './campaign-list.store.ts';
import { createCampaign, readCampaign, type CampaignKey } from './campaign.store.ts';

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
  const lists = await database.tx(async (query): Promise<CopiedList[] | null> => {
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
    return parts.lists ? [...(await listsToCopy(query, sourceId))] : [];
  });
  if (lists === null) return false;
  for (const list of lists) {
    const attachment = { ...list, at: author.at };
    await beginAttachment(database, { organizationId, campaignId }, { attachment, author });
  }
  return true;
}

type CopiedList = Pick<ListAttachment, 'listId' | 'priority'> & { readonly weight: number };

/** Without the list of typed numbers: as a list of the copy it would be dialled by machine. */
async function listsToCopy(query: Query, sourceId: CampaignId): Promise<readonly CopiedList[]> {
  return await query<CopiedList>`
    select a.list_id as "listId", a.priority, a.weight
      from campaign_list a join lead_list l using (list_id)
     where a.campaign_id = ${sourceId} and not l.is_manual
     order by a.priority desc, a.list_id`;
}
