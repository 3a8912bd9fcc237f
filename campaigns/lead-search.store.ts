import { callingCodeOf } from '../compliance/calling-code.ts';
import { readPhone } from '../compliance/read-phone.ts';
import type { Query } from '../kernel/database.ts';
import type { CampaignId, LeadId, ListId, OrganizationId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { LeadFilter } from './lead-filter.schema.ts';
import { filterCondition } from './lead-filter.store.ts';
import { afterPhone, afterText, isNumberLike, searchWays, type SearchWay } from './lead-search.ts';
import { joinParts, part, statementOf, type SqlPart } from './sql-part.ts';

export interface LeadRow {
  readonly leadId: LeadId;
  readonly listId: ListId;
  readonly listName: string;
  readonly externalId: string | null;
  readonly firstName: string;
  readonly lastName: string;
  readonly createdAt: EpochMs;
  /** In full; who may not see them gets them masked by the route. */
  readonly phones: readonly PhoneNumber[];
  /** Columns of the file that are not ours, as they came. */
  readonly fields: Readonly<Record<string, string>>;
}

/** `added`: list by list in the order of their making, each in that of its leads. A minus turns it round. */
export const LEAD_ORDERS = ['added', '-added', 'name', '-name'] as const;
export type LeadOrder = (typeof LEAD_ORDERS)[number];

export interface LeadQuestion {
  /** The beginning of a name, an external id, or a phone number in any form. */
  readonly text?: string | undefined;
  readonly listId?: ListId | undefined;
  readonly campaignId?: CampaignId | undefined;
  readonly filter?: LeadFilter | undefined;
  /** Found leads of a text come in the order of the ways in which it can be meant. */
  readonly order?: LeadOrder | undefined;
}

export interface LeadSearch extends LeadQuestion {
  /** `next` of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
  /** Asked between two stretches of leads: true ends the search with what was found, to go on from `next`. */
  readonly isEnough: () => boolean;
}

export interface LeadPage {
  /** Fewer than asked for, even none, while `next` is not null: go on from there. */
  readonly leads: readonly LeadRow[];
  readonly next: string | null;
}

/** Where a walk over leads stands. */
interface Place {
  readonly way: number;
  readonly k1: string;
  readonly k2: string;
  readonly leadId: LeadId;
}

/** One walk over leads along an index. */
interface Walk {
  /** Selects lead_id, k1 and k2 of the next leads in the order of the walk. */
  readonly stretch: (after: Place | null, size: number) => SqlPart;
  readonly order: SqlPart;
  readonly backwards: SqlPart;
  /** What the leads of the walk must be beside the question. */
  readonly condition: SqlPart;
}

/** Leads looked at by one statement: so few that their other rows are looked up one by one, whatever the planner thinks of it. */
const STRETCH_MAX = 2_000;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';
const AFTER_ALL = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** A page of leads. However rare they are, no answer takes longer than `isEnough` allows. */
export async function searchLeads(
  query: Query,
  organizationId: OrganizationId,
  search: LeadSearch,
): Promise<LeadPage> {
  const walks = await walksOf(query, organizationId, search);
  const condition = questionCondition(organizationId, search);
  const found: Place[] = [];
  let place = readPlace(search.after);
  for (let way = place?.way ?? 0; way < walks.length; way += 1) {
    const walk = walks[way];
    if (walk === undefined) break;
    let after = place?.way === way ? place : null;
    for (let size = search.limit + 1; ; size = Math.min(STRETCH_MAX, size * 4)) {
      const wanted = search.limit - found.length;
      const step = await takeStretch(query, walk, { condition, after, size, wanted: wanted + 1 });
      found.push(...step.hits.slice(0, wanted).map((hit) => ({ ...hit, way })));
      if (step.hits.length > wanted) return page(query, found, found.at(-1) ?? after);
      if (step.walked < size || step.last === null) break;
      after = { ...step.last, way };
      if (search.isEnough()) return page(query, found, after);
    }
    place = null;
  }
  return page(query, found, null);
}

/** A count is not carried on beyond this: "10,000+". */
export const LEADS_COUNTED_MAX = 10_000;

export interface LeadCount {
  readonly leads: number;
  /** Ask again from here and add; null = that was all, or as much as is counted. */
  readonly next: string | null;
}

/** Counts on from a place, as long as `isEnough` allows and up to {@link LEADS_COUNTED_MAX}. */
export async function countLeads(
  query: Query,
  organizationId: OrganizationId,
  search: Omit<LeadSearch, 'limit' | 'order'>,
): Promise<LeadCount> {
  const walks = await walksOf(query, organizationId, search);
  const condition = questionCondition(organizationId, search);
  let leads = 0;
  let place = readPlace(search.after);
  for (let way = place?.way ?? 0; way < walks.length; way += 1) {
    const walk = walks[way];
    if (walk === undefined) break;
    let after = place?.way === way ? place : null;
    for (;;) {
      const step = await countStretch(query, walk, { condition, after });
      leads += step.hits;
      if (leads >= LEADS_COUNTED_MAX) return { leads: LEADS_COUNTED_MAX, next: null };
      if (step.walked < STRETCH_MAX || step.last === null) break;
      after = { ...step.last, way };
      if (search.isEnough()) return { leads, next: JSON.stringify(after) };
    }
    place = null;
  }
  return { leads, next: null };
}

interface Stretch {
  readonly walked: number;
  readonly last: Omit<Place, 'way'> | null;
}

async function takeStretch(
  query: Query,
  walk: Walk,
  asked: { condition: SqlPart; after: Place | null; size: number; wanted: number },
): Promise<Stretch & { readonly hits: readonly Omit<Place, 'way'>[] }> {
  const [row] = await query<Stretch & { hits: readonly Omit<Place, 'way'>[] }>(
    ...statementOf(part`
      with stretch as materialized (${walk.stretch(asked.after, asked.size)}
      ), hit as (
        select w.k1, w.k2, w.lead_id, row_number() over (order by ${walk.order}) as n
          from stretch w join lead l on l.lead_id = w.lead_id
         where ${asked.condition} and ${walk.condition}
         order by n
         limit ${asked.wanted}
      )
      select (select count(*)::int from stretch) as walked,
             (select jsonb_build_object('k1', w.k1, 'k2', w.k2, 'leadId', w.lead_id) from stretch w order by ${walk.backwards} limit 1) as last,
             coalesce((select jsonb_agg(jsonb_build_object('k1', k1, 'k2', k2, 'leadId', lead_id) order by n) from hit), '[]') as hits`),
  );
  return row ?? { walked: 0, last: null, hits: [] };
}

async function countStretch(
  query: Query,
  walk: Walk,
  asked: { condition: SqlPart; after: Place | null },
): Promise<Stretch & { readonly hits: number }> {
  const [row] = await query<Stretch & { hits: number }>(
    ...statementOf(part`
      with stretch as materialized (${walk.stretch(asked.after, STRETCH_MAX)})
      select (select count(*)::int from stretch) as walked,
             (select jsonb_build_object('k1', w.k1, 'k2', w.k2, 'leadId', w.lead_id) from stretch w order by ${walk.backwards} limit 1) as last,
             (select count(*)::int from stretch w join lead l on l.lead_id = w.lead_id
               where ${asked.condition} and ${walk.condition}) as hits`),
  );
  return row ?? { walked: 0, last: null, hits: 0 };
}

async function page(query: Query, found: readonly Place[], next: Place | null): Promise<LeadPage> {
  const ids = found.map(({ leadId }) => leadId);
  const rows = await query<LeadRow>`
    select l.lead_id as "leadId", l.list_id as "listId", s.name as "listName", l.external_id as "externalId",
           l.first_name as "firstName", l.last_name as "lastName", l.created_at as "createdAt", l.fields,
           coalesce((select jsonb_agg(n.phone order by n.position) from lead_number n where n.lead_id = l.lead_id), '[]') as phones
      from lead l join lead_list s using (list_id)
     where l.lead_id = any(${ids}::uuid[])`;
  const byId = new Map(rows.map((row) => [row.leadId, row]));
  const leads = ids.flatMap((leadId) => byId.get(leadId) ?? []);
  return { leads, next: next === null ? null : JSON.stringify(next) };
}

/** The cursor is ours: the route seals it. */
const readPlace = (text: string | undefined): Place | null =>
  text === undefined ? null : (JSON.parse(text) as Place);

function questionCondition(
  organizationId: OrganizationId,
  { listId, campaignId, filter }: LeadQuestion,
): SqlPart {
  const conditions = [
    part`l.organization_id = ${organizationId}`,
    ...(listId === undefined ? [] : [part`l.list_id = ${listId}`]),
    ...(campaignId === undefined
      ? []
      : [
          part`exists (select from campaign_lead c where c.campaign_id = ${campaignId} and c.lead_id = l.lead_id)`,
        ]),
    ...(filter === undefined ? [] : [filterCondition(filter)]),
  ];
  return joinParts(conditions, ' and ', part`true`);
}

async function walksOf(
  query: Query,
  organizationId: OrganizationId,
  { text = '', listId, campaignId, filter, order = 'added' }: LeadQuestion,
): Promise<readonly Walk[]> {
  const typed = text.trim();
  if (typed !== '') return await textWalks(query, organizationId, typed);
  const onlyIn = campaignId ?? campaignOfFilter(filter);
  if (onlyIn !== null && (order === 'added' || order === '-added')) return [campaignWalk(onlyIn, order)];
  if (order === 'added' || order === '-added') return [listWalk(organizationId, listId ?? null, order)];
  return [nameWalk(organizationId, { last: '', isBackwards: order === '-name' })];
}

/** A campaign that every lead of the filter is in: its leads are walked instead of all. */
function campaignOfFilter(filter: LeadFilter | undefined): string | null {
  if (filter === undefined || (filter.match === 'any' && filter.groups.length > 1)) return null;
  for (const { match, conditions } of filter.groups) {
    if (match === 'any' && conditions.length > 1) continue;
    for (const condition of conditions) {
      if (condition.kind === 'campaign' && !condition.isNot) return condition.campaignId;
      if ((condition.kind === 'state' || condition.kind === 'last-ending') && condition.campaignId !== null)
        return condition.campaignId;
    }
  }
  return null;
}

const ANY = part`true`;

function campaignWalk(campaignId: string, order: LeadOrder): Walk {
  const isBackwards = order === '-added';
  const [up, down] = [part`w.lead_id`, part`w.lead_id desc`];
  return {
    condition: ANY,
    order: isBackwards ? down : up,
    backwards: isBackwards ? up : down,
    stretch: (after, size) =>
      isBackwards
        ? part`select c.lead_id, '' as k1, '' as k2 from campaign_lead c
                where c.campaign_id = ${campaignId} and c.lead_id < ${after?.leadId ?? AFTER_ALL}::uuid
                order by c.lead_id desc limit ${size}`
        : part`select c.lead_id, '' as k1, '' as k2 from campaign_lead c
                where c.campaign_id = ${campaignId} and c.lead_id > ${after?.leadId ?? BEFORE_ALL}::uuid
                order by c.lead_id limit ${size}`,
  };
}

function listWalk(organizationId: OrganizationId, listId: ListId | null, order: LeadOrder): Walk {
  const isBackwards = order === '-added';
  const [up, down] = [part`w.k1, w.lead_id`, part`w.k1 desc, w.lead_id desc`];
  const within = listId === null ? ANY : part`l.list_id = ${listId}`;
  return {
    condition: ANY,
    order: isBackwards ? down : up,
    backwards: isBackwards ? up : down,
    stretch: (after, size) =>
      isBackwards
        ? part`select l.lead_id, l.list_id::text as k1, '' as k2 from lead l
                where l.organization_id = ${organizationId} and ${within}
                  and (l.list_id, l.lead_id) < (${after?.k1 ?? AFTER_ALL}::uuid, ${after?.leadId ?? AFTER_ALL}::uuid)
                order by l.list_id desc, l.lead_id desc limit ${size}`
        : part`select l.lead_id, l.list_id::text as k1, '' as k2 from lead l
                where l.organization_id = ${organizationId} and ${within}
                  and (l.list_id, l.lead_id) > (${after?.k1 ?? BEFORE_ALL}::uuid, ${after?.leadId ?? BEFORE_ALL}::uuid)
                order by l.list_id, l.lead_id limit ${size}`,
  };
}

/**
 * By last and first name. `last` = beginning of the last name, in lower case. Where the walk begins stands in one comparison only: beside
 * a second one PostgreSQL takes either as the begin of its way through the index, and may walk all that comes before.
 */
function nameWalk(
  organizationId: OrganizationId,
  {
    last,
    first = '',
    isBackwards,
  }: { readonly last: string; readonly first?: string; readonly isBackwards: boolean },
): Walk {
  const up = part`w.k1 collate "C", w.k2 collate "C", w.lead_id`;
  const down = part`w.k1 collate "C" desc, w.k2 collate "C" desc, w.lead_id desc`;
  return {
    condition: ANY,
    order: isBackwards ? down : up,
    backwards: isBackwards ? up : down,
    stretch: (after, size) =>
      isBackwards
        ? part`select l.lead_id, l.last_name_key as k1, l.first_name_key as k2 from lead l
                where l.organization_id = ${organizationId} and l.last_name_key >= ${last}::text
                  and (l.last_name_key, l.first_name_key, l.lead_id)
                    < (${after?.k1 ?? afterText(last)}::text, ${after?.k2 ?? ''}::text, ${after?.leadId ?? BEFORE_ALL}::uuid)
                order by l.last_name_key desc, l.first_name_key desc, l.lead_id desc limit ${size}`
        : part`select l.lead_id, l.last_name_key as k1, l.first_name_key as k2 from lead l
                where l.organization_id = ${organizationId} and l.last_name_key < ${afterText(last)}::text
                  and starts_with(l.first_name_key, ${first})
                  and (l.last_name_key, l.first_name_key, l.lead_id)
                    > (${after?.k1 ?? last}::text, ${after?.k2 ?? ''}::text, ${after?.leadId ?? BEFORE_ALL}::uuid)
                order by l.last_name_key, l.first_name_key, l.lead_id limit ${size}`,
  };
}

/** One walk for each way in which the text can be meant; a lead comes with the first of them that finds it. */
async function textWalks(
  query: Query,
  organizationId: OrganizationId,
  text: string,
): Promise<readonly Walk[]> {
  // The keys of names were made by the database: so is that of what was typed.
  const [row] = await query<{ country: string; typed: string }>`
    select country, lower(${text}::text) as typed from organization where organization_id = ${organizationId}`;
  const { country = '', typed = text } = row ?? {};
  const read = isNumberLike(text) ? readPhone(text, country) : null;
  const full = read?.ok === true ? read.phone : null;
  const ways = searchWays(isNumberLike(text) ? text : typed, { full, callingCode: callingCodeOf(country) });
  return ways.map((way, i) => {
    // An external id is compared as it was typed.
    const walk = wayWalk(organizationId, way.by === 'external-id' ? { ...way, is: text } : way);
    const earlier = ways.slice(0, i).map((one) => part`not (${wayCondition(one, text)})`);
    return { ...walk, condition: joinParts([wayCondition(way, text), ...earlier], ' and ', ANY) };
  });
}

function wayCondition(way: SearchWay, text: string): SqlPart {
  switch (way.by) {
    case 'phone':
      return part`exists (select from lead_number n where n.lead_id = l.lead_id and starts_with(n.phone, ${way.begins}))`;
    case 'external-id':
      return part`coalesce(l.external_id, '') = ${text}`;
    case 'last-name':
      return part`starts_with(l.last_name_key, ${way.last}) and starts_with(l.first_name_key, ${way.first})`;
    case 'first-name':
      return part`starts_with(l.first_name_key, ${way.first})`;
  }
}

function wayWalk(organizationId: OrganizationId, way: SearchWay): Walk {
  const byKeys = { condition: ANY, order: part`w.k1, w.lead_id`, backwards: part`w.k1 desc, w.lead_id desc` };
  switch (way.by) {
    case 'last-name':
      return nameWalk(organizationId, { last: way.last, first: way.first, isBackwards: false });
    case 'first-name':
      return {
        condition: ANY,
        order: part`w.k1 collate "C", w.lead_id`,
        backwards: part`w.k1 collate "C" desc, w.lead_id desc`,
        stretch: (after, size) => part`
          select l.lead_id, l.first_name_key as k1, '' as k2 from lead l
           where l.organization_id = ${organizationId}
             and l.first_name_key < ${afterText(way.first)}::text
             and (l.first_name_key, l.lead_id) > (${after?.k1 ?? way.first}::text, ${after?.leadId ?? BEFORE_ALL}::uuid)
           order by l.first_name_key, l.lead_id limit ${size}`,
      };
    case 'external-id':
      return {
        ...byKeys,
        stretch: (after, size) => part`
          select l.lead_id, '' as k1, '' as k2 from lead l
           where l.organization_id = ${organizationId} and l.external_id = ${way.is}
             and l.lead_id > ${after?.leadId ?? BEFORE_ALL}::uuid
           order by l.lead_id limit ${size}`,
      };
    case 'phone':
      return {
        ...byKeys,
        stretch: (after, size) => part`
          select n.lead_id, n.phone as k1, '' as k2 from lead_number n
           where n.organization_id = ${organizationId} and n.phone < ${afterPhone(way.begins)}
             -- With the phone alone first: the index has no lead, and a comparison of rows that it cannot end is none that it begins with.
             and n.phone >= ${after?.k1 ?? way.begins}
             and (n.phone, n.lead_id) > (${after?.k1 ?? way.begins}::text, ${after?.leadId ?? BEFORE_ALL}::uuid)
             -- A lead with two such numbers comes with the first.
             and not exists (
               select from lead_number m
                where m.lead_id = n.lead_id and m.phone < n.phone and starts_with(m.phone, ${way.begins}))
           order by n.phone, n.lead_id limit ${size}`,
      };
  }
}
