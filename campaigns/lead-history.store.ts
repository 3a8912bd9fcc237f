import type { Query } from '../kernel/database.ts';
import type { LeadId, OrganizationId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { LeadEvent } from './lead-history.ts';

export interface LeadHistoryPage {
  /** The newest first. */
  readonly events: readonly LeadEvent[];
  /** Give it as `after` for the next page; null = this was the last. */
  readonly next: string | null;
}

interface Cursor {
  readonly at: EpochMs;
  readonly key: string;
}

/** Later than every moment and key that there is. */
const END: Cursor = { at: 8_640_000_000_000 as EpochMs, key: '~' };

/**
 * Everything that happened to a lead, from seven tables in one order. Each table gives at most a page, so a lead with thousands of
 * calls costs what a page costs.
 */
export async function readLeadHistory(
  query: Query,
  { organizationId, leadId }: { readonly organizationId: OrganizationId; readonly leadId: LeadId },
  page: { readonly after?: string | undefined; readonly limit: number; readonly now?: EpochMs },
): Promise<LeadHistoryPage> {
  const cursor = readCursor(page.after);
  const limit = page.limit + 1;
  const before = new Date(cursor.at);
  const sources = await Promise.all([
    query<LeadEvent>`
      select 'call' as kind, c.placed_at as at, 'c' || c.call_id as key, c.phone, c.campaign_id as "campaignId",
             k.name as "campaignName", c.call_id as "callId", c.agent_id as "agentId", u.name as "agentName", c.ending, c.purpose,
             (extract(epoch from c.ended_at - c.bridged_at) * 1000)::float8 as "talkMs", c.sip_status as "sipStatus"
        from call c
        left join campaign k using (campaign_id)
        left join app_user u on u.user_id = c.agent_id
       where c.organization_id = ${organizationId} and c.lead_id = ${leadId}
         and c.placed_at <= ${before} and (c.placed_at, ('c' || c.call_id) collate "C") < (${before}, ${cursor.key})
       order by c.placed_at desc, c.call_id desc limit ${limit}`,
    query<LeadEvent>`
      select 'refusal' as kind, r.at, 'r' || r.phone || r.rule || coalesce(r.campaign_id::text, '') as key, r.phone, r.campaign_id as "campaignId",
             k.name as "campaignName", r.rule, r.rules_version as "rulesVersion", r.facts, r.retry_at as "retryAt"
        from refusal r left join campaign k using (campaign_id)
       where r.organization_id = ${organizationId} and r.lead_id = ${leadId}
         and r.at <= ${before}
         and (r.at, ('r' || r.phone || r.rule || coalesce(r.campaign_id::text, '')) collate "C") < (${before}, ${cursor.key})
       order by r.at desc, ('r' || r.phone || r.rule || coalesce(r.campaign_id::text, '')) collate "C" desc limit ${limit}`,
    query<LeadEvent>`
      select 'disposition' as kind, d.at, 'd' || d.call_id as key, c.phone, d.campaign_id as "campaignId",
             k.name as "campaignName", d.call_id as "callId", d.agent_id as "agentId", u.name as "agentName",
             coalesce(w.label, d.code) as label, d.notes, d.callback_at as "callbackAt"
        from call_disposition d
        left join call c on c.call_id = d.call_id and c.lead_id = d.lead_id and c.organization_id = d.organization_id
        left join campaign k on k.campaign_id = d.campaign_id
        left join app_user u on u.user_id = d.agent_id
        left join disposition w on w.organization_id = d.organization_id and w.code = d.code
       where d.organization_id = ${organizationId} and d.lead_id = ${leadId}
         and (d.at, ('d' || d.call_id) collate "C") < (${before}, ${cursor.key})
       order by d.at desc, d.call_id desc limit ${limit}`,
    query<LeadEvent>`
      select 'do-not-call' as kind, d.added_at as at, 'n' || d.phone || coalesce(d.campaign_id::text, '') as key, d.phone,
             d.campaign_id as "campaignId", k.name as "campaignName", d.source, u.name as "agentName"
        from lead_number n
        join do_not_call d on d.organization_id = n.organization_id and d.phone = n.phone
        left join campaign k on k.campaign_id = d.campaign_id
        left join app_user u on u.user_id = d.added_by
       where n.organization_id = ${organizationId} and n.lead_id = ${leadId}
         and (d.added_at, ('n' || d.phone || coalesce(d.campaign_id::text, '')) collate "C") < (${before}, ${cursor.key})
       order by d.added_at desc, ('n' || d.phone || coalesce(d.campaign_id::text, '')) collate "C" desc limit ${limit}`,
    query<LeadEvent>`
      select 'imported' as kind, l.created_at as at, 'i' as key, null as phone, null as "campaignId", null as "campaignName",
             s.name as "listName"
        from lead l join lead_list s using (list_id)
       where l.organization_id = ${organizationId} and l.lead_id = ${leadId}
         and (l.created_at, 'i' collate "C") < (${before}, ${cursor.key})`,
    ...noteAndListEvents(query, { organizationId, leadId }, { cursor, limit, now: page.now ?? END.at }),
  ]);
  const events = sources.flat().sort((a, b) => b.at - a.at || (a.key < b.key ? 1 : -1));
  const shown = events.slice(0, page.limit);
  const last = events.length > page.limit ? shown.at(-1) : undefined;
  return { events: shown, next: last === undefined ? null : `${last.at}.${last.key}` };
}

/** Notes, skipped previews, and since when the whole list is held. */
function noteAndListEvents(
  query: Query,
  { organizationId, leadId }: { readonly organizationId: OrganizationId; readonly leadId: LeadId },
  { cursor, limit, now }: { readonly cursor: Cursor; readonly limit: number; readonly now: EpochMs },
): readonly Promise<readonly LeadEvent[]>[] {
  const before = new Date(cursor.at);
  return [
    query<LeadEvent>`
      select 'note' as kind, n.at, 't' || n.note_id as key, null as phone, null as "campaignId", null as "campaignName", n.text,
             u.name as "agentName"
        from lead_note n left join app_user u on u.user_id = n.written_by
       where n.organization_id = ${organizationId} and n.lead_id = ${leadId}
         and (n.at, ('t' || n.note_id) collate "C") < (${before}, ${cursor.key})
       order by n.at desc, n.note_id desc limit ${limit}`,
    query<LeadEvent>`
      select 'skipped' as kind, s.at, 's' || s.campaign_id as key, s.phone, s.campaign_id as "campaignId", k.name as "campaignName",
             s.reason, u.name as "agentName"
        from preview_skip s
        left join campaign k on k.campaign_id = s.campaign_id
        left join app_user u on u.user_id = s.agent_id
       where s.organization_id = ${organizationId} and s.lead_id = ${leadId}
         and (s.at, ('s' || s.campaign_id) collate "C") < (${before}, ${cursor.key})
       order by s.at desc, s.campaign_id desc limit ${limit}`,
    query<LeadEvent>`
      select 'list-held' as kind, h.at, 'h' || h.hold as key, null as phone, null as "campaignId", null as "campaignName", h.hold,
             s.name as "listName", s.expires_on::text as "expiresOn"
        from lead l
        join lead_list s using (list_id)
       -- From the day after the last one. Each campaign has its own midnight; the history has that of UTC.
       cross join lateral (values ('list-paused', s.paused_at), ('list-expired', (s.expires_on + 1)::timestamp at time zone 'UTC')) as h(hold, at)
       where l.organization_id = ${organizationId} and l.lead_id = ${leadId} and h.at is not null
         and h.at <= ${new Date(now)}
         and exists (select from campaign_lead c where c.lead_id = l.lead_id and c.state = 'waiting')
         and (h.at, ('h' || h.hold) collate "C") < (${before}, ${cursor.key})`,
  ];
}

/** A cursor that is none of ours starts at the newest. */
function readCursor(after: string | undefined): Cursor {
  const match = after === undefined ? null : /^(\d{1,14})\.(.*)$/.exec(after);
  return match ? { at: Number(match[1]) as EpochMs, key: match[2] ?? '' } : END;
}
