import type { Query } from '../kernel/database.ts';
import type { CampaignId, OrganizationId, UserId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { NewId } from '../kernel/uuid.ts';

/** What was changed: a setting by its name, or one of these. */
export type ChangedField = string;

/** One line of a campaign's history. */
export interface CampaignChange {
  readonly changeId: string;
  readonly at: EpochMs;
  /** Null: the campaign did it by itself. */
  readonly userName: string | null;
  /** The campaign's version after the change. */
  readonly version: number;
  readonly field: ChangedField;
  readonly before: unknown;
  readonly after: unknown;
}

/** Who changes something, and when. */
export interface Author {
  /** Null: the campaign does it by itself. */
  readonly userId: UserId | null;
  readonly at: EpochMs;
  readonly newId: NewId;
}

export interface ChangeRecord {
  readonly organizationId: OrganizationId;
  readonly campaignId: CampaignId;
  readonly version: number;
  readonly changes: readonly {
    readonly field: ChangedField;
    readonly before: unknown;
    readonly after: unknown;
  }[];
}

/** Appends to the history; in the transaction of the change itself. */
export async function recordChanges(query: Query, author: Author, record: ChangeRecord): Promise<void> {
  const { organizationId, campaignId, version, changes } = record;
  const rows = changes.map((change) => ({ change_id: author.newId(author.at), ...change }));
  if (rows.length === 0) return;
  await query`
    insert into campaign_change (change_id, organization_id, campaign_id, at, user_id, version, field, before, after)
    select change_id, ${organizationId}, ${campaignId}, ${new Date(author.at)}, ${author.userId}, ${version}, field, before, after
      from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
        as x(change_id uuid, field text, before jsonb, after jsonb)`;
}

/** The history, the newest first; `before` is the last change of the page before. */
export async function listChanges(
  query: Query,
  key: { readonly organizationId: OrganizationId; readonly campaignId: CampaignId },
  page: { readonly after: string | null; readonly limit: number },
): Promise<readonly CampaignChange[]> {
  return await query<CampaignChange>`
    select c.change_id as "changeId", c.at, u.name as "userName", c.version, c.field, c.before, c.after
      from campaign_change c left join app_user u on u.user_id = c.user_id
     where c.organization_id = ${key.organizationId} and c.campaign_id = ${key.campaignId}
       and (${page.after}::uuid is null
            or (c.at, c.change_id) < (select at, change_id from campaign_change where change_id = ${page.after}::uuid))
     order by c.at desc, c.change_id desc
     limit ${page.limit}`;
}

/** What others have changed since a version, for somebody who saves an older reading. */
export async function changesSince(
  query: Query,
  {
    organizationId,
    campaignId,
  }: { readonly organizationId: OrganizationId; readonly campaignId: CampaignId },
  version: number,
): Promise<readonly CampaignChange[]> {
  return await query<CampaignChange>`
    select c.change_id as "changeId", c.at, u.name as "userName", c.version, c.field, c.before, c.after
      from campaign_change c left join app_user u on u.user_id = c.user_id
     where c.organization_id = ${organizationId} and c.campaign_id = ${campaignId} and c.version > ${version}
     order by c.at desc, c.change_id desc`;
}
