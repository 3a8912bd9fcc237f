import { unreachable } from '../kernel/assert.ts';
import type { Query } from '../kernel/database.ts';
import type { LeadFilterId, OrganizationId, UserId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { LeadCondition, LeadFilter } from './lead-filter.schema.ts';
import { joinParts, part, type SqlPart } from './sql-part.ts';

const EVERY_LEAD = part`true`;
const NO_LEAD = part`false`;

/**
 * The filter as a condition on the row `l` of the table lead, for statements of this and other stores (a page, an export). Columns and
 * tables stand in this file; what the user gave travels as parameters.
 */
export function filterCondition({ match, groups }: LeadFilter): SqlPart {
  const wholes = groups.map((group) => {
    const conditions = group.conditions.map(conditionOf).map((one) => part`(${one})`);
    return part`(${joinParts(conditions, group.match === 'all' ? ' and ' : ' or ', EVERY_LEAD)})`;
  });
  return part`(${joinParts(wholes, match === 'all' ? ' and ' : ' or ', EVERY_LEAD)})`;
}

function conditionOf(condition: LeadCondition): SqlPart {
  switch (condition.kind) {
    case 'field':
      return textTest(OWN_COLUMNS[condition.field], condition.test, condition.value);
    case 'custom':
      return customTest(condition);
    case 'list': {
      const { isNot, lists } = condition;
      return part`(l.list_id = any(${lists}::uuid[])) <> ${isNot}::boolean`;
    }
    case 'zone':
      return part`exists (select from lead_number n where n.lead_id = l.lead_id and string_to_array(n.zone_key, '|') && ${condition.zones}::text[])`;
    case 'phone':
      return part`exists (select from lead_number n where n.lead_id = l.lead_id and starts_with(n.phone, ${condition.begins}))`;
    case 'do-not-call':
      return part`exists (
        select from lead_number n join do_not_call d on d.organization_id = n.organization_id and d.phone = n.phone
         where n.lead_id = l.lead_id) = ${condition.isListed}::boolean`;
    case 'campaign':
      return part`exists (select from campaign_lead c where c.campaign_id = ${condition.campaignId} and c.lead_id = l.lead_id)
        <> ${condition.isNot}::boolean`;
    case 'added':
      return condition.test === 'before'
        ? part`l.created_at < ${new Date(condition.at)}`
        : part`l.created_at >= ${new Date(condition.at)}`;
    case 'state':
    case 'attempts':
    case 'last-ending':
    case 'callback':
      return standingCondition(condition);
    case 'disposition':
    case 'last-call':
      return historyCondition(condition);
    default:
      return unreachable(condition);
  }
}

const OWN_COLUMNS = {
  firstName: part`l.first_name`,
  lastName: part`l.last_name`,
  externalId: part`coalesce(l.external_id, '')`,
} as const;

type TextTest = Extract<LeadCondition, { kind: 'field' }>['test'];

/** Without regard to case. */
function textTest(column: SqlPart, test: TextTest, value: string): SqlPart {
  switch (test) {
    case 'is':
      return part`lower(${column}) = lower(${value}::text)`;
    case 'is-not':
      return part`lower(${column}) <> lower(${value}::text)`;
    case 'begins':
      return part`starts_with(lower(${column}), lower(${value}::text))`;
    case 'contains':
      return part`strpos(lower(${column}), lower(${value}::text)) > 0`;
    case 'is-empty':
      return part`${column} = ''`;
    case 'is-not-empty':
      return part`${column} <> ''`;
    default:
      return unreachable(test);
  }
}

function customTest({ name, test, value }: Extract<LeadCondition, { kind: 'custom' }>): SqlPart {
  const field = part`coalesce(l.fields ->> ${name}::text, '')`;
  switch (test) {
    case 'at-least':
    case 'at-most': {
      const wanted = Number(value);
      if (value.trim() === '' || !Number.isFinite(wanted)) return NO_LEAD;
      // Cast only what is a number: a list has texts in every column.
      const number = part`case when ${field} ~ '^-?[0-9]{1,15}([.][0-9]{1,15})?$' then (${field})::float8 end`;
      return test === 'at-least'
        ? part`${number} >= ${wanted}::float8`
        : part`${number} <= ${wanted}::float8`;
    }
    case 'before':
    case 'after': {
      // Dates are kept as yyyy-mm-dd, which sorts as it reads.
      const date = part`case when ${field} ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}' then left(${field}, 10) end`;
      return test === 'before'
        ? part`${date} collate "C" < ${value}::text`
        : part`${date} collate "C" >= ${value}::text`;
    }
    case 'is':
    case 'is-not':
    case 'begins':
    case 'contains':
    case 'is-empty':
    case 'is-not-empty':
      return textTest(field, test, value);
    default:
      return unreachable(test);
  }
}

type Standing = Extract<LeadCondition, { kind: 'state' | 'attempts' | 'last-ending' | 'callback' }>;

function standingCondition(condition: Standing): SqlPart {
  const inCampaign = (campaignId: string | null): SqlPart =>
    campaignId === null
      ? part`c.lead_id = l.lead_id`
      : part`c.campaign_id = ${campaignId} and c.lead_id = l.lead_id`;
  switch (condition.kind) {
    case 'state':
      return part`exists (
        select from campaign_lead c where ${inCampaign(condition.campaignId)} and c.state = any(${condition.states}::text[]))`;
    case 'attempts': {
      const attempts = part`coalesce((select sum(c.attempts) from campaign_lead c where ${inCampaign(condition.campaignId)}), 0)`;
      return condition.test === 'at-least'
        ? part`${attempts} >= ${condition.value}::int`
        : part`${attempts} <= ${condition.value}::int`;
    }
    case 'last-ending':
      return part`exists (
        select from campaign_lead c
         where ${inCampaign(condition.campaignId)} and c.last_ending = any(${condition.endings}::text[]))`;
    case 'callback': {
      const due =
        condition.test === 'any'
          ? EVERY_LEAD
          : condition.test === 'before'
            ? part`c.due_at < ${new Date(condition.at)}`
            : part`c.due_at >= ${new Date(condition.at)}`;
      return part`exists (select from campaign_lead c where c.lead_id = l.lead_id and c.state = 'callback' and ${due})`;
    }
    default:
      return unreachable(condition);
  }
}

function historyCondition(condition: Extract<LeadCondition, { kind: 'disposition' | 'last-call' }>): SqlPart {
  if (condition.kind === 'disposition') {
    return part`exists (
      select from call_disposition d
       where d.organization_id = l.organization_id and d.lead_id = l.lead_id and d.code = any(${condition.codes}::text[]))
      <> ${condition.isNot}::boolean`;
  }
  const calls = part`select from call c where c.organization_id = l.organization_id and c.lead_id = l.lead_id`;
  switch (condition.test) {
    case 'never':
      return part`not exists (${calls})`;
    case 'after':
      return part`exists (${calls} and c.placed_at >= ${new Date(condition.at)})`;
    case 'before':
      return part`exists (${calls}) and not exists (${calls} and c.placed_at >= ${new Date(condition.at)})`;
    default:
      return unreachable(condition.test);
  }
}

/** A filter that was kept under a name. */
export interface SavedFilter {
  readonly filterId: LeadFilterId;
  readonly name: string;
  readonly filter: LeadFilter;
  readonly savedAt: EpochMs;
}

export async function listSavedFilters(
  query: Query,
  organizationId: OrganizationId,
): Promise<readonly SavedFilter[]> {
  return await query<SavedFilter>`
    select filter_id as "filterId", name, filter, saved_at as "savedAt"
      from lead_filter where organization_id = ${organizationId} order by lower(name), filter_id`;
}

export interface FilterToSave extends SavedFilter {
  readonly organizationId: OrganizationId;
  readonly savedBy: UserId;
}

/** An older filter of the same name is replaced. Returns its id. */
export async function saveFilter(query: Query, saved: FilterToSave): Promise<LeadFilterId> {
  const [row] = await query<{ filterId: LeadFilterId }>`
    insert into lead_filter (filter_id, organization_id, name, filter, saved_by, saved_at)
    values (${saved.filterId}, ${saved.organizationId}, ${saved.name}, ${JSON.stringify(saved.filter)}::text::jsonb,
            ${saved.savedBy}, ${new Date(saved.savedAt)})
    on conflict (organization_id, name) do update
      set filter = excluded.filter, saved_by = excluded.saved_by, saved_at = excluded.saved_at
    returning filter_id as "filterId"`;
  return row?.filterId ?? saved.filterId;
}

/** False when there is none in this organization. */
export async function removeFilter(
  query: Query,
  organizationId: OrganizationId,
  filterId: LeadFilterId,
): Promise<boolean> {
  const rows = await query<{ filter_id: string }>`
    delete from lead_filter where organization_id = ${organizationId} and filter_id = ${filterId} returning filter_id`;
  return rows.length > 0;
}
