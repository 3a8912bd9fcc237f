import type { Query } from '../kernel/database.ts';
import type { CampaignId, OrganizationId } from '../kernel/ids.ts';
import { DEFAULT_DISPOSITIONS, DEFAULT_PAUSE_REASONS, type PauseReason } from './defaults.ts';
import type { Disposition } from './disposition.ts';

/** The agents' words for what came out of a conversation, in their order. */
export async function listDispositions(
  query: Query,
  organizationId: OrganizationId,
): Promise<readonly Disposition[]> {
  return await query<Disposition>`
    select code, label, outcome, retry_after_ms as "retryAfterMs", tries_max as "triesMax", is_spread as "isSpread",
           is_person as "isPerson", is_sale as "isSale", is_right_party as "isRightParty", hot_key as "hotKey", position,
           is_active as "isActive"
      from disposition where organization_id = ${organizationId}
     order by position, code`;
}

/** Adds or changes dispositions; none is ever deleted, because reports go on naming it. */
export async function putDispositions(
  query: Query,
  organizationId: OrganizationId,
  dispositions: readonly Disposition[],
): Promise<void> {
  await query`
    insert into disposition (organization_id, code, label, outcome, retry_after_ms, tries_max, is_spread, is_person, is_sale,
                             is_right_party, hot_key, position, is_active)
    select ${organizationId}, code, label, outcome, "retryAfterMs", "triesMax", "isSpread", "isPerson", "isSale", "isRightParty",
           "hotKey", position, "isActive"
      from jsonb_to_recordset(${JSON.stringify(dispositions)}::text::jsonb)
        as x(code text, label text, outcome text, "retryAfterMs" bigint, "triesMax" int, "isSpread" boolean, "isPerson" boolean,
             "isSale" boolean, "isRightParty" boolean, "hotKey" text, position int, "isActive" boolean)
    on conflict (organization_id, code) do update
      set label = excluded.label, outcome = excluded.outcome, retry_after_ms = excluded.retry_after_ms,
          tries_max = excluded.tries_max, is_spread = excluded.is_spread, is_person = excluded.is_person,
          is_sale = excluded.is_sale, is_right_party = excluded.is_right_party, hot_key = excluded.hot_key,
          position = excluded.position, is_active = excluded.is_active`;
}

export async function listPauseReasons(
  query: Query,
  organizationId: OrganizationId,
): Promise<readonly PauseReason[]> {
  return await query<PauseReason>`
    select code, label, position from pause_reason where organization_id = ${organizationId} order by position, code`;
}

export async function putPauseReasons(
  query: Query,
  organizationId: OrganizationId,
  reasons: readonly PauseReason[],
): Promise<void> {
  await query`
    insert into pause_reason (organization_id, code, label, position)
    select ${organizationId}, code, label, position
      from jsonb_to_recordset(${JSON.stringify(reasons)}::text::jsonb) as x(code text, label text, position int)
    on conflict (organization_id, code) do update set label = excluded.label, position = excluded.position`;
}

/** False when there was none. */
export async function deletePauseReason(
  query: Query,
  organizationId: OrganizationId,
  code: string,
): Promise<boolean> {
  const rows = await query<{ code: string }>`
    delete from pause_reason where organization_id = ${organizationId} and code = ${code} returning code`;
  return rows.length > 0;
}

/** What a new organization starts with. */
export async function putDefaultWords(query: Query, organizationId: OrganizationId): Promise<void> {
  await putDispositions(query, organizationId, DEFAULT_DISPOSITIONS);
  await putPauseReasons(query, organizationId, DEFAULT_PAUSE_REASONS);
}

/**
 * What a campaign offers to its agents, in its order and with its keys: its own choice, or every word in use where it has none.
 * Retired words are left out.
 */
export async function listCampaignDispositions(
  query: Query,
  organizationId: OrganizationId,
  campaignId: CampaignId,
): Promise<readonly Disposition[]> {
  return await query<Disposition>`
    with chosen as (
      select c.code, c.position, c.hot_key
        from campaign_disposition c join disposition d using (organization_id, code)
       where c.organization_id = ${organizationId} and c.campaign_id = ${campaignId} and d.is_active
    )
    select d.code, d.label, d.outcome, d.retry_after_ms as "retryAfterMs", d.tries_max as "triesMax", d.is_spread as "isSpread",
           d.is_person as "isPerson", d.is_sale as "isSale", d.is_right_party as "isRightParty",
           coalesce(c.hot_key, d.hot_key) as "hotKey", coalesce(c.position, d.position) as position, d.is_active as "isActive"
      from disposition d left join chosen c using (code)
     where d.organization_id = ${organizationId} and d.is_active
       and (c.code is not null or not exists (select from chosen))
     order by coalesce(c.position, d.position), d.code`;
}

/** The label of another word in use that has this key already; null = nobody's. */
export async function ownerOfHotKey(
  query: Query,
  organizationId: OrganizationId,
  { code, hotKey }: Pick<Disposition, 'code' | 'hotKey'>,
): Promise<string | null> {
  const [other] = await query<{ label: string }>`
    select label from disposition
     where organization_id = ${organizationId} and is_active and hot_key = ${hotKey} and code <> ${code} limit 1`;
  return other?.label ?? null;
}
