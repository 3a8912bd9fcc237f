import type { Query } from '../kernel/database.ts';
import type { CampaignId, OrganizationId, UserId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { DoNotCallScope } from './candidate.ts';

/** Wakes owners so that they read the list again; the payload is the organization's id. */
export const DO_NOT_CALL_CHANNEL = 'ringline_do_not_call';

export interface NewDoNotCallEntry {
  readonly phone: PhoneNumber;
  /** Null: for the whole organization. */
  readonly campaignId: CampaignId | null;
  /** Who or what asked for it: 'officer', 'agent', 'import', 'person'. */
  readonly source: string;
  readonly addedBy: UserId | null;
  readonly addedAt: EpochMs;
}

/**
 * In force when it returns. Answers how many entries are new; one that was on the list already keeps its first date and source.
 * Runs in the caller's transaction when it gets one: the owners are woken by its commit.
 */
export async function addDoNotCall(
  query: Query,
  organizationId: OrganizationId,
  entries: readonly NewDoNotCallEntry[],
): Promise<number> {
  if (entries.length === 0) return 0;
  const rows = entries.map((entry) => ({
    phone: entry.phone,
    campaign_id: entry.campaignId,
    source: entry.source,
    added_by: entry.addedBy,
    added_at: new Date(entry.addedAt).toISOString(),
  }));
  const [result] = await query<{ added: number }>`
    with added as (
      insert into do_not_call (organization_id, phone, campaign_id, source, added_by, added_at)
      select ${organizationId}::uuid, phone, campaign_id, source, added_by, added_at
        from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
          as x(phone text, campaign_id uuid, source text, added_by uuid, added_at timestamptz)
       order by phone, campaign_id
      on conflict do nothing
      returning 1
    ), woken as (
      select pg_notify(${DO_NOT_CALL_CHANNEL}, ${organizationId}) where exists (select from added)
    )
    select (select count(*) from added)::int as added, (select count(*) from woken) as woken`;
  return result?.added ?? 0;
}

/** False when there was no such entry. */
export async function removeDoNotCall(
  query: Query,
  organizationId: OrganizationId,
  entry: { readonly phone: PhoneNumber; readonly campaignId: CampaignId | null },
): Promise<boolean> {
  const rows = await query<{ removed: number }>`
    with removed as (
      delete from do_not_call
       where organization_id = ${organizationId} and phone = ${entry.phone}
         and campaign_id is not distinct from ${entry.campaignId}::uuid
      returning 1
    ), woken as (
      select pg_notify(${DO_NOT_CALL_CHANNEL}, ${organizationId}) where exists (select from removed)
    )
    select (select count(*) from removed)::int as removed, (select count(*) from woken) as woken`;
  return (rows[0]?.removed ?? 0) > 0;
}

export interface DoNotCallEntry {
  readonly phone: PhoneNumber;
  readonly campaignId: CampaignId | null;
  readonly campaignName: string | null;
  readonly source: string;
  /** Name of the user. */
  readonly addedBy: string | null;
  readonly addedAt: EpochMs;
}

export interface DoNotCallPage {
  readonly entries: readonly DoNotCallEntry[];
  /** Give it as `after` for the next page; null = this was the last. */
  readonly next: string | null;
}

const WHOLE_ORGANIZATION = '00000000-0000-0000-0000-000000000000';

/** The list in the order of its index, so that a page of a list of millions costs what a page costs. */
export async function listDoNotCall(
  query: Query,
  organizationId: OrganizationId,
  page: {
    readonly phone?: PhoneNumber | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  },
): Promise<DoNotCallPage> {
  const [afterPhone = '', afterCampaign = WHOLE_ORGANIZATION] = page.after?.split(' ') ?? [];
  const rows = await query<DoNotCallEntry>`
    select d.phone, d.campaign_id as "campaignId", c.name as "campaignName", d.source, u.name as "addedBy",
           d.added_at as "addedAt"
      from do_not_call d
      left join campaign c on c.campaign_id = d.campaign_id
      left join app_user u on u.user_id = d.added_by
     where d.organization_id = ${organizationId}
       and (${page.phone ?? null}::text is null or d.phone = ${page.phone ?? null})
       and (d.phone, coalesce(d.campaign_id, ${WHOLE_ORGANIZATION}::uuid)) > (${afterPhone}, ${afterCampaign}::uuid)
     order by d.phone, coalesce(d.campaign_id, ${WHOLE_ORGANIZATION}::uuid)
     limit ${page.limit + 1}`;
  const entries = rows.slice(0, page.limit);
  const last = rows.length > page.limit ? entries.at(-1) : undefined;
  return {
    entries,
    next: last === undefined ? null : `${last.phone} ${last.campaignId ?? WHOLE_ORGANIZATION}`,
  };
}

export interface ListedNumber {
  readonly phone: PhoneNumber;
  readonly campaignId: CampaignId | null;
}

/**
 * Which of these numbers are on the list now: what an owner asks for the calls in his hands when he is woken. Asking for numbers
 * rather than for "what is new" cannot miss an entry whose transaction was still open when another one's clock was read.
 */
export async function listedAmong(
  query: Query,
  organizationId: OrganizationId,
  phones: readonly PhoneNumber[],
): Promise<readonly ListedNumber[]> {
  if (phones.length === 0) return [];
  return query<ListedNumber>`
    select phone, campaign_id as "campaignId" from do_not_call
     where organization_id = ${organizationId} and phone = any(${phones}::text[])`;
}

/** The narrowest answer for one number and campaign: the organization's list goes before the campaign's. */
export async function doNotCallScope(
  query: Query,
  organizationId: OrganizationId,
  number: { readonly phone: PhoneNumber; readonly campaignId: CampaignId | null },
): Promise<DoNotCallScope | null> {
  const listed = await listedAmong(query, organizationId, [number.phone]);
  if (listed.some(({ campaignId }) => campaignId === null)) return 'organization';
  if (number.campaignId === null) return null;
  return listed.some(({ campaignId }) => campaignId === number.campaignId) ? 'campaign' : null;
}
