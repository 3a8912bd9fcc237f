import type { OrganizationDatabase } from '../kernel/database.ts';
import type { CampaignId, OrganizationId } from '../kernel/ids.ts';
import { toIso, type EpochMs } from '../kernel/time.ts';
import type { LiveMinute } from './live-minutes.ts';

type Rows = Pick<OrganizationDatabase, 'query'>;

/** A minute of which a part was stored by the process before us keeps its highest figures. */
export async function putMinutes(
  { query }: Rows,
  organizationId: OrganizationId,
  minutes: readonly LiveMinute[],
): Promise<void> {
  if (minutes.length === 0) return;
  const rows = minutes.map((row) => ({ ...row, minute: toIso(row.minute) }));
  await query`
    insert into live_minute (campaign_id, minute, organization_id, lines_max, lines_mean, talking_mean, attempts, human_answers,
                             connected, abandoned, agents)
    select r."campaignId", r.minute, ${organizationId}, r."linesMax", r."linesMean", r."talkingMean", r.attempts,
           r."humanAnswers", r.connected, r.abandoned, r.agents
      from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
        as r ("campaignId" uuid, minute timestamptz, "linesMax" integer, "linesMean" double precision,
              "talkingMean" double precision, attempts integer, "humanAnswers" integer, connected integer, abandoned integer,
              agents jsonb)
    on conflict (campaign_id, minute) do update
       set lines_max = greatest(live_minute.lines_max, excluded.lines_max),
           lines_mean = greatest(live_minute.lines_mean, excluded.lines_mean),
           talking_mean = greatest(live_minute.talking_mean, excluded.talking_mean),
           attempts = excluded.attempts, human_answers = excluded.human_answers, connected = excluded.connected,
           abandoned = excluded.abandoned, agents = excluded.agents`;
}

/** The minutes of a campaign that begin at `from` or later, the oldest first. */
export async function loadMinutes(
  { query }: Rows,
  { campaignId, from }: { campaignId: CampaignId; from: EpochMs },
): Promise<readonly LiveMinute[]> {
  return query<LiveMinute>`
    select campaign_id as "campaignId", minute, lines_max as "linesMax", lines_mean as "linesMean",
           talking_mean as "talkingMean", attempts, human_answers as "humanAnswers", connected, abandoned, agents
      from live_minute
     where organization_id = ringline_organization() and campaign_id = ${campaignId}
       and minute >= ${toIso(from)}::timestamptz
     order by minute`;
}

/** Reports have their own rows: these are for the page of the day. */
export async function forgetMinutes({ query }: Rows, before: EpochMs): Promise<void> {
  await query`
    delete from live_minute
     where campaign_id in (select campaign_id from campaign where organization_id = ringline_organization())
       and minute < ${toIso(before)}::timestamptz`;
}

/** The zone that the campaign's day is of; null when there is no such campaign. */
export async function zoneOfCampaign({ query }: Rows, campaignId: CampaignId): Promise<string | null> {
  const [row] = await query<{ zone: string }>`
    select time_zone as zone from campaign where campaign_id = ${campaignId}`;
  return row?.zone ?? null;
}
