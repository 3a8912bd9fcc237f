import { isDeepStrictEqual } from 'node:util';
import type { OrganizationDatabase, Query, Tx } from '../kernel/database.ts';
import type { CampaignId, OrganizationId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import { changesSince, recordChanges, type Author, type CampaignChange } from './campaign-change.store.ts';
import { CAMPAIGN_DEFAULTS, type NewCampaignSettings } from './campaign-defaults.ts';
import {
  changeProblemOf,
  NEXT_CAMPAIGN_STATES,
  startProblemsOf,
  type Campaign,
  type CampaignSettings,
  type CampaignState,
  type ChangeProblem,
  type StartProblem,
} from './campaign.ts';
import { openOrphanedCallbacks } from './orphaned-callback.store.ts';
import { redateCampaign } from './redate-campaign.store.ts';
import { redatedEndings } from './redated-endings.ts';
import { settingsProblemOf, type SettingsProblem } from './settings-problem.ts';

/** Wakes owners so that they read their campaigns again; the payload is the organization's id. */
export const CAMPAIGN_CHANNEL = 'ringline_campaign';

export async function listCampaigns(
  query: Query,
  organizationId: OrganizationId,
): Promise<readonly Campaign[]> {
  return await selectCampaigns(query, organizationId, null);
}

/** Null when there is none in this organization. */
export async function readCampaign(
  query: Query,
  organizationId: OrganizationId,
  campaignId: CampaignId,
): Promise<Campaign | null> {
  const [campaign] = await selectCampaigns(query, organizationId, campaignId);
  return campaign ?? null;
}

async function selectCampaigns(
  query: Query,
  organizationId: OrganizationId,
  campaignId: CampaignId | null,
): Promise<readonly Campaign[]> {
  return await query<Campaign>`
    select c.campaign_id as "campaignId", c.pool_id as "poolId", c.trunk_id as "trunkId", c.name, c.state,
           c.dial_mode as "dialMode", c.lines_per_agent as "linesPerAgent", c.abandon_rate_max as "abandonRateMax",
           c.abandon_target_share as "abandonTargetShare", c.legal_ms as "legalMs", c.ring_timeout_ms as "ringTimeoutMs",
           c.wrap_up_ms as "wrapUpMs", c.caller_id as "callerId", c.message_file as "messageFile", c.time_zone as "timeZone",
           c.attempts_per_lead_max as "attemptsPerLeadMax", c.attempts_per_number_max as "attemptsPerNumberMax",
           c.attempts_per_number_day_max as "attemptsPerNumberDayMax", c.attempts_per_lead_day_max as "attemptsPerLeadDayMax",
           c.kind, c.starts_on as "startsOn", c.ends_on as "endsOn", c.daily_hours as "dailyHours", c.retry_rules as "retryRules",
           c.script, c.form, c.preview_ms as "previewMs", c.preview_then as "previewThen",
           c.previews_missed_max as "previewsMissedMax",
           c.callback_open_after_ms as "callbackOpenAfterMs", c.version,
           c.priority, c.started_at as "startedAt", c.created_at as "createdAt",
           (select count(*)::int from agent a join app_user u on u.user_id = a.agent_id
             where a.pool_id = c.pool_id and u.is_active) as "agentCount",
           -- The first of each index: in its order, lest a campaign without such a lead, or with a late one, reads the leads of all.
           coalesce(
             (select true from campaign_lead l where l.campaign_id = c.campaign_id and l.state = 'waiting' and l.priority = 0
               order by l.list_id limit 1),
             (select true from campaign_lead l where l.campaign_id = c.campaign_id and l.state = 'waiting' and l.priority <> 0
               order by l.list_id limit 1),
             (select true from campaign_lead l where l.campaign_id = c.campaign_id and l.state = 'callback' order by l.due_at limit 1),
             (select true from campaign_lead l
               where l.campaign_id = c.campaign_id and l.state in ('claimed', 'calling', 'awaiting-disposition')
               order by l.state limit 1),
             false
           ) as "hasOpenLeads",
           coalesce((
             select jsonb_agg(jsonb_build_object(
                      'listId', l.list_id, 'name', l.name, 'priority', cl.priority,
                      'leads', l.lead_count) order by cl.priority desc, l.name)
               from campaign_list cl join lead_list l using (list_id)
              where cl.campaign_id = c.campaign_id), '[]') as lists
      from campaign c
     where c.organization_id = ${organizationId} and (${campaignId}::uuid is null or c.campaign_id = ${campaignId})
     order by c.created_at desc, c.campaign_id`;
}

export interface NewCampaign {
  readonly campaignId: CampaignId;
  readonly createdAt: EpochMs;
  /** What is left out gets the product's default. */
  readonly settings: NewCampaignSettings;
}

/** What could not be found: pool and trunk must be of the same organization, which a foreign key alone does not see. */
export type UnknownReference = 'unknown-pool' | 'unknown-trunk';

const done = { ok: true } as const;
const failed = <Problem extends string>(
  problem: Problem,
): { readonly ok: false; readonly problem: Problem } => ({
  ok: false,
  problem,
});

/** Where each setting is kept. */
const COLUMNS: Readonly<Record<keyof CampaignSettings, string>> = {
  name: 'name',
  kind: 'kind',
  poolId: 'pool_id',
  trunkId: 'trunk_id',
  dialMode: 'dial_mode',
  linesPerAgent: 'lines_per_agent',
  abandonRateMax: 'abandon_rate_max',
  abandonTargetShare: 'abandon_target_share',
  legalMs: 'legal_ms',
  ringTimeoutMs: 'ring_timeout_ms',
  wrapUpMs: 'wrap_up_ms',
  callerId: 'caller_id',
  messageFile: 'message_file',
  timeZone: 'time_zone',
  startsOn: 'starts_on',
  endsOn: 'ends_on',
  dailyHours: 'daily_hours',
  retryRules: 'retry_rules',
  attemptsPerLeadMax: 'attempts_per_lead_max',
  attemptsPerNumberMax: 'attempts_per_number_max',
  attemptsPerNumberDayMax: 'attempts_per_number_day_max',
  attemptsPerLeadDayMax: 'attempts_per_lead_day_max',
  script: 'script',
  form: 'form',
  previewMs: 'preview_ms',
  previewThen: 'preview_then',
  previewsMissedMax: 'previews_missed_max',
  callbackOpenAfterMs: 'callback_open_after_ms',
  priority: 'priority',
};

/** As the table's row wants it: settings under the names of their columns. */
function rowOf(settings: Partial<CampaignSettings>): string {
  const named = Object.entries(settings).flatMap(([field, value]) =>
    field in COLUMNS ? [[COLUMNS[field as keyof CampaignSettings], value] as const] : [],
  );
  return JSON.stringify(Object.fromEntries(named));
}

/** @throws SqlError 23505 (constraint campaign_organization_id_name_key) when the name is taken. */
export async function createCampaign(
  query: Query,
  organizationId: OrganizationId,
  { campaignId, createdAt, settings: given }: NewCampaign,
): Promise<{ readonly ok: true } | Extract<ChangeRefusal, { problem: UnknownReference | 'wrong-settings' }>> {
  const settings: CampaignSettings = { ...CAMPAIGN_DEFAULTS, ...given };
  const unknown = await unknownReference(query, settings);
  if (unknown !== null) return failed(unknown);
  const wrong = settingsProblemOf(settings);
  if (wrong !== null) return { ok: false, problem: 'wrong-settings', wrong };
  await query`
    insert into campaign (campaign_id, organization_id, created_at, pool_id, trunk_id, name, kind, dial_mode, lines_per_agent,
                          abandon_rate_max, abandon_target_share, legal_ms, ring_timeout_ms, wrap_up_ms, caller_id, message_file,
                          time_zone, starts_on, ends_on, daily_hours, retry_rules, attempts_per_lead_max, attempts_per_number_max,
                          attempts_per_number_day_max, attempts_per_lead_day_max, script, form, preview_ms, preview_then,
                          previews_missed_max, callback_open_after_ms, priority)
    select ${campaignId}, ${organizationId}, ${new Date(createdAt)}, pool_id, trunk_id, name, kind, dial_mode, lines_per_agent,
           abandon_rate_max, abandon_target_share, legal_ms, ring_timeout_ms, wrap_up_ms, caller_id, message_file, time_zone,
           starts_on, ends_on, daily_hours, retry_rules, attempts_per_lead_max, attempts_per_number_max,
           attempts_per_number_day_max, attempts_per_lead_day_max, script, form, preview_ms, preview_then,
           previews_missed_max, callback_open_after_ms, priority
      from jsonb_populate_record(null::campaign, ${rowOf(settings)}::text::jsonb)`;
  return done;
}

export interface ChangeRequest {
  readonly change: Partial<CampaignSettings>;
  /** The version that the author saw; absent: whatever it is now. */
  readonly version?: number | undefined;
  readonly author: Author;
}

export type ChangeRefusal =
  | { readonly ok: false; readonly problem: UnknownReference }
  | { readonly ok: false; readonly problem: ChangeProblem | 'unknown-campaign' }
  | { readonly ok: false; readonly problem: 'wrong-settings'; readonly wrong: SettingsProblem }
  /** Somebody else has changed one of these fields since. */
  | { readonly ok: false; readonly problem: 'changed-meanwhile'; readonly by: readonly CampaignChange[] };

/**
 * Owners are woken and go on with the new settings; calls in flight keep theirs. Each changed field gets a line in the history.
 * Fields that others have changed in the meantime stay theirs, unless the same ones are sent.
 * @throws SqlError 23505 when the name is taken.
 */
export async function changeCampaign(
  database: OrganizationDatabase,
  key: CampaignKey,
  { change, version, author }: ChangeRequest,
): Promise<{ readonly ok: true } | ChangeRefusal> {
  return await database.tx(async (query) => {
    await query`select from campaign where campaign_id = ${key.campaignId} for update`;
    const campaign = await readCampaign(query, key.organizationId, key.campaignId);
    if (campaign === null) return failed('unknown-campaign');
    const fields = changedFields(campaign, change);
    const problem = changeProblemOf(campaign, change) ?? (await unknownReference(query, change));
    if (problem === null && fields.includes('poolId') && (await hasCallsUp(query, key)))
      return failed('pool-while-calling');
    if (problem !== null) return failed(problem);
    const wrong = settingsProblemOf({ ...campaign, ...change });
    if (wrong !== null) return { ok: false, problem: 'wrong-settings', wrong };
    const others = version === undefined ? [] : await changesSince(query, key, version);
    const by = others.filter(({ field }) => fields.some((own) => own === field));
    if (by.length > 0) return { ok: false, problem: 'changed-meanwhile', by };
    if (fields.length === 0) return done;
    await writeChange(query, key, change);
    if (fields.includes('poolId')) await openOrphanedCallbacks(query, key);
    const changes = fields.map((field) => ({ field, before: campaign[field], after: change[field] }));
    const redated = await redatedLeads(query, campaign, {
      change,
      author,
      organizationId: key.organizationId,
    });
    const lines = [
      ...changes,
      ...(redated === 0 ? [] : [{ field: 'leads-redated', before: null, after: redated }]),
    ];
    await recordChanges(query, author, { ...key, version: campaign.version + 1, changes: lines });
    return done;
  });
}

/** Claimed, or called: the pool that has them in its hands writes what becomes of them, its ledger too. */
async function hasCallsUp(query: Tx, { campaignId }: CampaignKey): Promise<boolean> {
  const [held] = await query`
    select from campaign_lead where campaign_id = ${campaignId} and state in ('claimed', 'calling') limit 1`;
  return held !== undefined;
}

/** Leads that rest by the old rules rest by the new ones; how many, as far as that is known already. */
async function redatedLeads(
  query: Tx,
  { campaignId, retryRules, lists }: Campaign,
  {
    change,
    author,
    organizationId,
  }: {
    readonly change: Partial<CampaignSettings>;
    readonly author: Author;
    readonly organizationId: OrganizationId;
  },
): Promise<number> {
  const endings = redatedEndings(retryRules, change.retryRules ?? retryRules);
  if (endings.length === 0) return 0;
  const leads = lists.reduce((sum, list) => sum + list.leads, 0);
  return (await redateCampaign(query, { organizationId, campaignId }, { endings, leads, author })) ?? 0;
}

/** Sent, and not as it is already. */
function changedFields(campaign: Campaign, change: Partial<CampaignSettings>): (keyof CampaignSettings)[] {
  return (Object.keys(change) as (keyof CampaignSettings)[]).filter(
    (field) => !isDeepStrictEqual(campaign[field], change[field]),
  );
}

async function writeChange(
  query: Query,
  { organizationId, campaignId }: CampaignKey,
  change: Partial<CampaignSettings>,
): Promise<void> {
  await query`
    with changed as (
      update campaign c
         set (pool_id, trunk_id, name, kind, dial_mode, lines_per_agent, abandon_rate_max, abandon_target_share, legal_ms,
              ring_timeout_ms, wrap_up_ms, caller_id, message_file, time_zone, starts_on, ends_on, daily_hours, retry_rules,
              attempts_per_lead_max, attempts_per_number_max, attempts_per_number_day_max, attempts_per_lead_day_max, script, form,
              preview_ms, preview_then, previews_missed_max, callback_open_after_ms, priority, version) =
             (select pool_id, trunk_id, name, kind, dial_mode, lines_per_agent, abandon_rate_max, abandon_target_share, legal_ms,
                     ring_timeout_ms, wrap_up_ms, caller_id, message_file, time_zone, starts_on, ends_on, daily_hours, retry_rules,
                     attempts_per_lead_max, attempts_per_number_max, attempts_per_number_day_max, attempts_per_lead_day_max,
                     script, form, preview_ms, preview_then, previews_missed_max, callback_open_after_ms, priority,
                     c.version + 1
                from jsonb_populate_record(c, ${rowOf(change)}::text::jsonb))
       where c.organization_id = ${organizationId} and c.campaign_id = ${campaignId}
      returning 1
    )
    select pg_notify(${CAMPAIGN_CHANNEL}, ${organizationId}) from changed`;
}

export interface CampaignKey {
  readonly organizationId: OrganizationId;
  readonly campaignId: CampaignId;
}

export type StateChange =
  | { readonly ok: true }
  | { readonly ok: false; readonly problem: 'unknown-campaign' | 'not-from-this-state' }
  | { readonly ok: false; readonly problem: 'cannot-start'; readonly startProblems: readonly StartProblem[] };

export interface StateRequest {
  readonly state: Exclude<CampaignState, 'draft'>;
  readonly at: EpochMs;
  /** Whose name stands in the history; absent: nobody's line is written. */
  readonly author?: Author | undefined;
}

/** Starts, pauses or finishes a campaign. Asking for the state that it has already is no mistake. */
export async function setCampaignState(
  query: Query,
  { organizationId, campaignId }: CampaignKey,
  { state, at, author }: StateRequest,
): Promise<StateChange> {
  const campaign = await readCampaign(query, organizationId, campaignId);
  if (campaign === null) return { ok: false, problem: 'unknown-campaign' };
  if (campaign.state === state) return done;
  const startProblems = state === 'running' ? startProblemsOf(campaign, at) : [];
  if (startProblems.length > 0) return { ok: false, problem: 'cannot-start', startProblems };
  const from = Object.entries(NEXT_CAMPAIGN_STATES).flatMap(([before, next]) =>
    (next as readonly CampaignState[]).includes(state) ? [before] : [],
  );
  const changed = await query`
    with changed as (
      update campaign c
         set state = ${state}, version = c.version + 1,
             started_at = case when ${state} = 'running' then coalesce(c.started_at, ${new Date(at)}) else c.started_at end
        from (select campaign_id, state from campaign
               where organization_id = ${organizationId} and campaign_id = ${campaignId} for update) was
       where c.campaign_id = was.campaign_id and was.state = any(${from}::text[])
      returning c.version, was.state as before
    ), recorded as (
      insert into campaign_change (change_id, organization_id, campaign_id, at, user_id, version, field, before, after)
      select ${author?.newId(at) ?? null}::uuid, ${organizationId}, ${campaignId}, ${new Date(at)}, ${author?.userId ?? null},
             version, 'state', to_jsonb(before), to_jsonb(${state}::text)
        from changed where ${author !== undefined}::boolean
    )
    select pg_notify(${CAMPAIGN_CHANNEL}, ${organizationId}) from changed`;
  return changed.length > 0 ? done : { ok: false, problem: 'not-from-this-state' };
}

async function unknownReference(
  query: Query,
  { poolId, trunkId }: Partial<Pick<CampaignSettings, 'poolId' | 'trunkId'>>,
): Promise<UnknownReference | null> {
  const [found] = await query<{ pool: boolean; trunk: boolean }>`
    select exists (select from pool where pool_id = ${poolId ?? null}::uuid) as pool,
           exists (select from trunk where trunk_id = ${trunkId ?? null}::uuid) as trunk`;
  if (poolId !== undefined && found?.pool !== true) return 'unknown-pool';
  return trunkId !== undefined && trunkId !== null && found?.trunk !== true ? 'unknown-trunk' : null;
}
