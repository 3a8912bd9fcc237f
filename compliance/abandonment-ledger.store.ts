import type { Query } from '../kernel/database.ts';
import type { CallId, CampaignId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import { fixedPeriodOf, judgeAnswer, localDayOf, type AbandonmentCounts } from './abandonment.ts';

/** A campaign as the ledger needs it. */
export interface LedgerCampaign {
  readonly campaignId: CampaignId;
  readonly timeZone: string;
  /** Null before its first start. */
  readonly startedAt: EpochMs | null;
}

export interface LedgerState {
  /** The campaign's local day so far. */
  readonly today: AbandonmentCounts;
  /** Its fixed period of 30 days so far. */
  readonly period: AbandonmentCounts;
}

/** What the hard gate of the pacer reads when an owner takes over; afterwards he counts by himself. */
export async function readLedger(query: Query, campaign: LedgerCampaign, now: EpochMs): Promise<LedgerState> {
  const { day } = localDayOf(campaign.timeZone, now);
  const period = fixedPeriodOf(campaign.startedAt ?? now, campaign.timeZone, now);
  const rows = await query<{ today: AbandonmentCounts; period: AbandonmentCounts }>`
    select json_build_object('answered', count(*) filter (where local_day = ${day}::date),
                             'abandoned', count(*) filter (where local_day = ${day}::date and is_abandoned)) as today,
           json_build_object('answered', count(*), 'abandoned', count(*) filter (where is_abandoned)) as period
      from abandonment_ledger
     where campaign_id = ${campaign.campaignId}
       and local_day between ${period.firstDay}::date and ${period.lastDay}::date`;
  const none: AbandonmentCounts = { answered: 0, abandoned: 0 };
  return rows[0] ?? { today: none, period: none };
}

/** One local day of a campaign, for reports and the live page. */
export async function readLedgerDay(
  query: Query,
  campaignId: CampaignId,
  day: string,
): Promise<AbandonmentCounts & { readonly earlyHangUps: number }> {
  const rows = await query<{ answered: number; abandoned: number; earlyHangUps: number }>`
    select count(*)::int as answered,
           (count(*) filter (where is_abandoned))::int as abandoned,
           (count(*) filter (where is_early_hang_up))::int as "earlyHangUps"
      from abandonment_ledger
     where campaign_id = ${campaignId} and local_day = ${day}::date`;
  return rows[0] ?? { answered: 0, abandoned: 0, earlyHangUps: 0 };
}

/** A call whose ledger row is missing, needless, or says something else than the call itself. */
export interface LedgerDifference {
  readonly callId: CallId;
  readonly inLedger: boolean | null;
  readonly byCall: boolean | null;
}

/** Endings in which a machine was proven to have answered, or nobody. */
const NO_HUMAN_ANSWER = ['machine', 'message-left', 'fax', 'sit', 'screening', 'revoked'];

/**
 * Counts again from the calls themselves: true = abandoned, false = answered and served, null = no row. Empty means that the ledger
 * is right. Reads all calls of the campaign: for tests and inspections, not for the dialer.
 */
export async function ledgerDifferences(
  query: Query,
  campaignId: CampaignId,
  legalMs: number,
): Promise<readonly LedgerDifference[]> {
  const rows = await query<{
    callId: CallId;
    inLedger: boolean | null;
    answeredAt: EpochMs | null;
    bridgedAt: EpochMs | null;
    endedAt: EpochMs | null;
    ending: string | null;
    /** Dialled, and nothing is known of its end: counted against us. */
    isUnproven: boolean | null;
  }>`
    select coalesce(c.call_id, l.call_id) as "callId", l.is_abandoned as "inLedger",
           c.answered_at as "answeredAt", c.bridged_at as "bridgedAt", c.ended_at as "endedAt", c.ending,
           c.ending = 'lost' and c.dialled_at is not null and c.hangup_cause is null and c.answered_at is null as "isUnproven"
      from (select * from call where campaign_id = ${campaignId} and ended_at is not null) c
      full join (select * from abandonment_ledger where campaign_id = ${campaignId}) l using (call_id)`;
  return rows.flatMap(({ callId, inLedger, answeredAt, bridgedAt, endedAt, ending, isUnproven }) => {
    const isHumanAnswer = answeredAt !== null && !NO_HUMAN_ANSWER.includes(ending ?? '');
    const byCall = isHumanAnswer
      ? judgeAnswer(
          { answeredAt, greetingEndedAt: null, agentAt: bridgedAt, endedAt: endedAt ?? answeredAt },
          { legalMs, isEarlyHangUpAbandoned: true },
        ).isAbandoned
      : isUnproven === true
        ? true
        : null;
    return byCall === inLedger ? [] : [{ callId, inLedger, byCall }];
  });
}
