import type { Ending } from '../campaigns/ending.ts';
import { unreachable } from '../kernel/assert.ts';
import type { Query } from '../kernel/database.ts';
import type { AgentId, CallId, CampaignId, LeadId, OrganizationId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import { uuidMadeAt } from '../kernel/uuid.ts';
import type { CampaignRange } from './report-range.ts';

/** Figures that can be opened: each row of the list is one of what the figure counts. */
export const CALL_FIGURES = [
  'calls',
  'attempts',
  'answered',
  'human-answers',
  'connected',
  'abandoned',
  'early-hang-ups',
  'short-calls',
  'dispositions',
] as const;
export type CallFigure = (typeof CALL_FIGURES)[number];

export interface CallPageRequest {
  readonly ranges: readonly CampaignRange[];
  readonly figure: CallFigure;
  /** Hour of the day in the campaign's zone, 0 to 23; null: all. */
  readonly hour: number | null;
  readonly agentId: AgentId | null;
  /** A disposition; null: any. */
  readonly code: string | null;
  readonly limit: number;
  /** The last call of the page before; null: from the newest one. */
  readonly after: CallId | null;
}

/** A call as lists and files show it. */
export interface ListedCall {
  readonly callId: CallId;
  readonly placedAt: EpochMs;
  readonly timeZone: string;
  readonly campaignId: CampaignId;
  readonly campaignName: string;
  readonly leadId: LeadId | null;
  readonly leadName: string;
  readonly externalId: string | null;
  readonly listName: string | null;
  readonly phone: string;
  readonly purpose: string;
  readonly ending: Ending;
  readonly hungUpBy: string | null;
  readonly sipStatus: number | null;
  readonly dialledAt: EpochMs | null;
  readonly answeredAt: EpochMs | null;
  readonly endedAt: EpochMs;
  readonly answerToAgentMs: number | null;
  readonly isAbandoned: boolean | null;
  readonly agentId: AgentId | null;
  readonly agentName: string | null;
  readonly code: string | null;
  readonly disposition: string | null;
  readonly notes: string | null;
}

/** Ended calls behind a figure, the newest first. Pages by the call's id, which begins with its time. */
export async function readCallPage(
  query: Query,
  organizationId: OrganizationId,
  request: CallPageRequest,
): Promise<readonly ListedCall[]> {
  const callIds = await findCalls(query, organizationId, request);
  return callIds.length === 0 ? [] : await readCalls(query, organizationId, callIds);
}

async function findCalls(
  query: Query,
  organizationId: OrganizationId,
  request: CallPageRequest,
): Promise<readonly CallId[]> {
  const found: CallId[] = [];
  // One by one: with the days of a single campaign before it, the planner walks the index and stops at the page's end.
  for (const range of request.ranges) {
    const rows = await finderOf(request)(query, organizationId, { ...request, range });
    found.push(...rows.map(({ callId }) => callId));
  }
  return found.toSorted((a, b) => (a < b ? 1 : -1)).slice(0, request.limit);
}

type Finder = (
  query: Query,
  organizationId: OrganizationId,
  request: CallPageRequest & { readonly range: CampaignRange },
) => Promise<readonly { readonly callId: CallId }[]>;

/** Each by the index that leads to its calls without reading the others. */
function finderOf({ figure, agentId, code }: CallPageRequest): Finder {
  switch (figure) {
    case 'human-answers':
    case 'abandoned':
    case 'early-hang-ups':
      return findAnswers;
    case 'dispositions':
      return code === null ? findPlaced : findDisposed;
    case 'answered':
    case 'connected':
    case 'short-calls':
      return agentId === null ? findAnswered : findPlaced;
    case 'calls':
    case 'attempts':
      return findPlaced;
    default:
      return unreachable(figure);
  }
}

const pageStart = ({
  after,
}: CallPageRequest): { readonly before: CallId | null; readonly beforeAt: Date | null } => ({
  before: after,
  beforeAt: after === null ? null : new Date(uuidMadeAt(after)),
});

const findPlaced: Finder = async (query, organizationId, request) => {
  const { range, figure, hour, agentId, limit } = request;
  const { before, beforeAt } = pageStart(request);
  return await query`
    select c.call_id as "callId" from call c
        where c.organization_id = ${organizationId} and c.campaign_id = ${range.campaignId} and c.ending is not null
          and c.placed_at >= ${new Date(range.fromAt)} and c.placed_at < ${new Date(range.toAt)}
          and (${before}::uuid is null or c.placed_at <= ${beforeAt}::timestamptz)
          and (${before}::uuid is null or (c.placed_at, c.call_id) < (${beforeAt}::timestamptz, ${before}::uuid))
          and (${hour}::int is null or extract(hour from c.placed_at at time zone ${range.timeZone}::text) = ${hour})
          and (${agentId}::uuid is null or c.agent_id = ${agentId})
          and case ${figure}::text
                when 'calls' then true
                when 'dispositions' then exists (select from call_disposition d where d.call_id = c.call_id)
                when 'connected' then c.answered_at is not null and c.bridged_at is not null
                  and c.ending not in ('machine', 'message-left', 'fax', 'sit', 'screening', 'revoked')
                  and not exists (select from call_disposition d join disposition w using (organization_id, code)
                                   where d.call_id = c.call_id and not w.is_person)
                else c.dialled_at is not null and c.ending <> 'carrier-failure'
                  and (${figure}::text = 'attempts' or c.answered_at is not null)
                  and (${figure}::text <> 'short-calls' or c.ended_at - c.answered_at <= interval '6 seconds')
              end
        order by c.placed_at desc, c.call_id desc limit ${limit}`;
};

const findAnswered: Finder = async (query, organizationId, request) => {
  const { range, figure, hour, limit } = request;
  const { before, beforeAt } = pageStart(request);
  return await query`
    select c.call_id as "callId" from call c
        where c.organization_id = ${organizationId} and c.campaign_id = ${range.campaignId} and c.ending is not null
          and c.answered_at is not null and c.placed_at >= ${new Date(range.fromAt)} and c.placed_at < ${new Date(range.toAt)}
          and (${before}::uuid is null or c.placed_at <= ${beforeAt}::timestamptz)
          and (${before}::uuid is null or (c.placed_at, c.call_id) < (${beforeAt}::timestamptz, ${before}::uuid))
          and (${hour}::int is null or extract(hour from c.placed_at at time zone ${range.timeZone}::text) = ${hour})
          and case ${figure}::text
                when 'connected' then c.bridged_at is not null
                  and c.ending not in ('machine', 'message-left', 'fax', 'sit', 'screening', 'revoked')
                  and not exists (select from call_disposition d join disposition w using (organization_id, code)
                                   where d.call_id = c.call_id and not w.is_person)
                else c.dialled_at is not null and c.ending <> 'carrier-failure'
                  and (${figure}::text <> 'short-calls' or c.ended_at - c.answered_at <= interval '6 seconds')
              end
        order by c.placed_at desc, c.call_id desc limit ${limit}`;
};

/** A human answer is found by the moment of the answer, as the ledger counts it. */
const findAnswers: Finder = async (query, organizationId, request) => {
  const { range, figure, hour, agentId, limit, after } = request;
  return await query`
    select l.call_id as "callId"
      from abandonment_ledger l
     where l.organization_id = ${organizationId} and l.campaign_id = ${range.campaignId}
       and l.answered_at >= ${new Date(range.fromAt)} and l.answered_at < ${new Date(range.toAt)}
       and (${after}::uuid is null or l.call_id < ${after}::uuid)
       and (${hour}::int is null or extract(hour from l.answered_at at time zone ${range.timeZone}::text) = ${hour})
       and (${figure}::text = 'human-answers' or l.is_abandoned)
       and (${figure}::text <> 'early-hang-ups' or l.is_early_hang_up)
       and (${agentId}::uuid is null or exists (
             select from call c where c.organization_id = ${organizationId} and c.call_id = l.call_id
                                  and c.placed_at = ringline_uuid_time(l.call_id) and c.agent_id = ${agentId}))
     order by l.call_id desc limit ${limit}`;
};

const findDisposed: Finder = async (query, organizationId, request) => {
  const { range, code, hour, agentId, limit, after } = request;
  return await query`
    select d.call_id as "callId" from call_disposition d
        where d.organization_id = ${organizationId} and d.campaign_id = ${range.campaignId} and d.code = ${code}
          and d.call_id >= ringline_first_uuid(${new Date(range.fromAt)}) and d.call_id < ringline_first_uuid(${new Date(range.toAt)})
          and (${after}::uuid is null or d.call_id < ${after}::uuid)
          and (${hour}::int is null
               or extract(hour from ringline_uuid_time(d.call_id) at time zone ${range.timeZone}::text) = ${hour})
          and (${agentId}::uuid is null or d.agent_id = ${agentId})
          and exists (select from call c where c.organization_id = ${organizationId} and c.call_id = d.call_id
                                           and c.placed_at = ringline_uuid_time(d.call_id) and c.ending is not null)
        order by d.call_id desc limit ${limit}`;
};

/** Calls by their ids, the newest first. */
export async function readCalls(
  query: Query,
  organizationId: OrganizationId,
  callIds: readonly CallId[],
): Promise<readonly ListedCall[]> {
  const times = callIds.map(uuidMadeAt);
  return await query<ListedCall>`
    select c.call_id as "callId", c.placed_at as "placedAt", k.time_zone as "timeZone", c.campaign_id as "campaignId",
           k.name as "campaignName", c.lead_id as "leadId", trim(coalesce(l.first_name || ' ' || l.last_name, '')) as "leadName",
           l.external_id as "externalId", ll.name as "listName", c.phone, c.purpose, c.ending, c.hung_up_by as "hungUpBy",
           c.sip_status as "sipStatus", c.dialled_at as "dialledAt", c.answered_at as "answeredAt", c.ended_at as "endedAt",
           case when c.bridged_at is not null then c.answer_to_agent_ms end as "answerToAgentMs",
           a.is_abandoned as "isAbandoned", c.agent_id as "agentId", u.name as "agentName", d.code,
           coalesce(w.label, d.code) as disposition, d.notes
      from call c
      join campaign k on k.campaign_id = c.campaign_id
      left join lead l on l.lead_id = c.lead_id
      left join lead_list ll on ll.list_id = l.list_id
      left join app_user u on u.user_id = c.agent_id
      left join abandonment_ledger a on a.call_id = c.call_id
      left join call_disposition d on d.call_id = c.call_id
      left join disposition w on w.organization_id = d.organization_id and w.code = d.code
     where c.organization_id = ${organizationId} and c.call_id = any(${callIds}::uuid[])
       and c.placed_at between ${new Date(Math.min(...times))} and ${new Date(Math.max(...times))}
     order by c.call_id desc`;
}
