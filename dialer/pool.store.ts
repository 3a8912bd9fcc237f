import type { LeadContext, LeadNumber } from '../campaigns/recycling.ts';
import { retryRulesOf, type RetryRules } from '../campaigns/retry-rule.ts';
import { fixedPeriodOf, localDayOf } from '../compliance/abandonment.ts';
import { readLedger } from '../compliance/abandonment-ledger.store.ts';
import { startOfLocalDay } from '../compliance/local-time.ts';
import type { OrganizationDatabase } from '../kernel/database.ts';
import type { CallId, CampaignId, PoolId, TrunkId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import { hours, seconds, type DurationMs, type EpochMs } from '../kernel/time.ts';
import type { CampaignSettings, Trunk } from './campaign-settings.ts';
import type { Fence } from './fence.ts';
import type { AgentSeat, CampaignCounts, OpenAttempt, RecentCall } from './pool-event.ts';
import type { CallIdentity, CallTimes } from './call.ts';

interface CampaignRow {
  readonly campaign_id: CampaignId;
  readonly name: string;
  readonly state: CampaignSettings['state'];
  readonly dial_mode: CampaignSettings['dialMode'];
  readonly lines_per_agent: number;
  readonly abandon_rate_max: number;
  readonly abandon_target_share: number;
  readonly legal_ms: DurationMs;
  readonly ring_timeout_ms: DurationMs;
  readonly wrap_up_ms: DurationMs;
  readonly caller_id: PhoneNumber | null;
  readonly message_file: string;
  readonly time_zone: string;
  readonly starts_on: string | null;
  readonly ends_on: string | null;
  readonly daily_hours: CampaignSettings['dailyHours'];
  readonly retry_rules: Partial<RetryRules>;
  readonly preview_ms: DurationMs;
  readonly preview_then: CampaignSettings['previewThen'];
  readonly previews_missed_max: number | null;
  readonly callback_open_after_ms: DurationMs | null;
  readonly priority: number;
  readonly started_at: EpochMs | null;
  readonly trunk_id: TrunkId | null;
  readonly dial_template: string;
  readonly number_format: Trunk['numberFormat'];
  readonly caller_id_in: Trunk['callerIdIn'];
  readonly codecs: string;
  readonly calls_max: number;
  readonly calls_per_second_max: number;
  readonly ping_seconds: number;
}

/** The campaigns of a pool with their trunks; those that were never started are left out. */
export async function readCampaigns(
  database: OrganizationDatabase,
  poolId: PoolId,
): Promise<CampaignSettings[]> {
  const rows = await database.query<CampaignRow>`
    select c.campaign_id, c.name, c.state, c.dial_mode, c.lines_per_agent, c.abandon_rate_max, c.abandon_target_share, c.legal_ms,
           c.ring_timeout_ms, c.wrap_up_ms, c.caller_id, c.message_file, c.time_zone, c.priority, c.started_at,
           c.starts_on, c.ends_on, c.daily_hours, c.retry_rules, c.preview_ms, c.preview_then,
           c.previews_missed_max, c.callback_open_after_ms,
           t.trunk_id, t.dial_template, t.number_format, t.caller_id_in, t.codecs, t.calls_max, t.calls_per_second_max,
           t.ping_seconds
      from campaign c left join trunk t using (trunk_id)
     where c.pool_id = ${poolId} and c.state <> 'draft'
     order by c.created_at`;
  return rows.map((row) => ({
    id: row.campaign_id,
    name: row.name,
    state: row.state,
    dialMode: row.dial_mode,
    linesPerAgent: row.lines_per_agent,
    abandonRateMax: row.abandon_rate_max,
    abandonTargetShare: row.abandon_target_share,
    legalMs: row.legal_ms,
    ringTimeoutMs: row.ring_timeout_ms,
    wrapUpMs: row.wrap_up_ms,
    callerId: row.caller_id,
    messageFile: row.message_file,
    timeZone: row.time_zone,
    startsOn: row.starts_on,
    endsOn: row.ends_on,
    dailyHours: row.daily_hours,
    retryRules: retryRulesOf(row.retry_rules),
    previewMs: row.preview_ms,
    previewThen: row.preview_then,
    previewsMissedMax: row.previews_missed_max,
    callbackOpenAfterMs: row.callback_open_after_ms,
    priority: row.priority,
    startedAt: row.started_at,
    trunk: row.trunk_id === null ? null : trunkOf(row, row.trunk_id),
  }));
}

const trunkOf = (row: CampaignRow, id: TrunkId): Trunk => ({
  id,
  dialTemplate: row.dial_template,
  numberFormat: row.number_format,
  callerIdIn: row.caller_id_in,
  codecs: row.codecs,
  callsMax: row.calls_max,
  callsPerSecondMax: row.calls_per_second_max,
  pingMs: seconds(row.ping_seconds),
});

/** Older calls say little about who answers now. */
const RECENT_MS = hours(6);
const RECENT_CALLS_MAX = 1000;

/** Today's and the legal period's figures of a campaign, as the tables have them. */
export async function readCounts(
  database: OrganizationDatabase,
  campaign: CampaignSettings,
  now: EpochMs,
): Promise<CampaignCounts> {
  const { id: campaignId, timeZone, startedAt } = campaign;
  const { day, from } = localDayOf(timeZone, now);
  const ledger = await readLedger(database.query, ledgerCampaign(campaign), now);
  const [counts] = await database.query<{ attempts: number; connected: number; refused: number }>`
    select (select count(*)::int from call
             where campaign_id = ${campaignId} and placed_at >= ${new Date(from)}
               and dialled_at is not null and ending <> 'carrier-failure') as attempts,
           (select count(*)::int from call
             where campaign_id = ${campaignId} and placed_at >= ${new Date(from)} and ending = 'connected') as connected,
           (select count(*)::int from refusal where campaign_id = ${campaignId} and at >= ${new Date(from)}) as refused`;
  const { attempts = 0, connected = 0, refused = 0 } = counts ?? {};
  const { answered: humanAnswers, abandoned } = ledger.today;
  const recent = await database.query<RecentCall>`
    select * from (
      select dialled_at as "dialledAt", answered_at as "answeredAt", bridged_at as "bridgedAt", ended_at as "endedAt", placed_at
        from call
       where campaign_id = ${campaignId} and placed_at > ${new Date(now - RECENT_MS)} and dialled_at is not null
         and ending not in ('carrier-failure', 'lost', 'revoked')
       order by placed_at desc limit ${RECENT_CALLS_MAX}
    ) newest order by placed_at`;
  const { firstDay } = fixedPeriodOf(startedAt ?? now, timeZone, now);
  return {
    campaignId,
    today: { day, attempts, humanAnswers, abandoned, connected, refused },
    period: {
      startedAt: startOfLocalDay(timeZone, firstDay),
      humanAnswers: ledger.period.answered,
      abandoned: ledger.period.abandoned,
    },
    recent,
  };
}

const ledgerCampaign = ({
  id: campaignId,
  timeZone,
  startedAt,
}: CampaignSettings): Parameters<typeof readLedger>[1] => ({
  campaignId,
  timeZone,
  startedAt,
});

export async function readSeats(
  database: OrganizationDatabase,
  poolId: PoolId,
): Promise<readonly AgentSeat[]> {
  return await database.query<AgentSeat>`
    select a.agent_id as "agentId", u.name, a.extension, a.is_automatic as "isAutomatic"
      from agent a join app_user u on u.user_id = a.agent_id
     where a.pool_id = ${poolId} and u.is_active
     order by u.name`;
}

interface AttemptRow extends Omit<CallIdentity, 'id'>, CallTimes {
  readonly callId: CallId;
  readonly attempts: number;
  readonly attemptsMax: number;
  readonly attemptsPerNumberMax: number | null;
  readonly endingCounts: NonNullable<LeadContext['endingCounts']>;
  readonly numberAttempts: NonNullable<LeadContext['numberAttempts']>;
  readonly numbers: readonly LeadNumber[] | null;
}

/** The attempts that the owners before us left open. */
export async function readOpenAttempts(database: OrganizationDatabase, fence: Fence): Promise<OpenAttempt[]> {
  const rows = await database.query<AttemptRow>`
    select c.call_id as "callId", c.purpose, c.campaign_id as "campaignId", c.lead_id as "leadId", c.number_id as "numberId",
           c.phone, c.placed_at as "placedAt", c.dialled_at as "dialledAt", c.rang_at as "rangAt", c.answered_at as "answeredAt",
           c.bridged_at as "bridgedAt", c.message_at as "messageAt", c.agent_id as "agentId",
           a.for_agent_id as "forAgentId", coalesce(l.attempts, 0) as attempts, k.attempts_per_lead_max as "attemptsMax",
           k.attempts_per_number_max as "attemptsPerNumberMax", coalesce(l.ending_counts, '{}') as "endingCounts",
           coalesce(l.number_attempts, '{}') as "numberAttempts",
           (select jsonb_agg(jsonb_build_object('numberId', n.number_id, 'phone', n.phone, 'zoneKey', n.zone_key) order by n.position)
              from lead_number n where n.lead_id = c.lead_id) as numbers
      from open_attempt a
      join call c on c.call_id = a.call_id and c.placed_at = a.placed_at
      join campaign k on k.campaign_id = c.campaign_id
      left join campaign_lead l on l.campaign_id = c.campaign_id and l.lead_id = c.lead_id
     where a.pool_id = ${fence.poolId}`;
  return rows.map(({ callId, numbers, ...row }) => {
    const { attempts, attemptsMax, attemptsPerNumberMax, endingCounts, numberAttempts, ...known } = row;
    const { purpose, campaignId, leadId, numberId, phone, placedAt, forAgentId, ...times } = known;
    return {
      identity: { id: callId, purpose, campaignId, leadId, numberId, phone, placedAt, forAgentId },
      times,
      lead: {
        attempts,
        attemptsMax,
        attemptsPerNumberMax,
        endingCounts,
        numberAttempts,
        numbers: numbers ?? [],
      },
    };
  });
}

/** Claims of older epochs go back: nothing of them was committed. */
export async function releaseOldClaims(database: OrganizationDatabase, fence: Fence): Promise<void> {
  await database.query`
    with fence as materialized (
      select from pool_owner where pool_id = ${fence.poolId} and epoch = ${fence.epoch} for share
    )
    update campaign_lead c
       set state = c.claimed_from, claimed_from = null, claim_epoch = null
      from campaign k, fence
     where k.pool_id = ${fence.poolId} and c.campaign_id = k.campaign_id
       and c.state = 'claimed' and c.claim_epoch < ${fence.epoch}`;
}
