import type { Query } from '../kernel/database.ts';
import type { AgentId, CallId, CampaignId, LeadId, OrganizationId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import { leadChangeOf, type FormAnswers } from './form-answer.ts';
import type { FormField } from './form.ts';

/** The form of a campaign; empty for one that has none. */
export async function readForm(query: Query, campaignId: CampaignId): Promise<readonly FormField[]> {
  const [row] = await query<{ form: readonly FormField[] }>`
    select form from campaign where campaign_id = ${campaignId}`;
  return row?.form ?? [];
}

/** What a form may show of a lead. */
export async function readAnsweringLead(
  query: Query,
  leadId: LeadId,
): Promise<{ readonly firstName: string; readonly lastName: string; readonly fields: FormAnswers } | null> {
  const [lead] = await query<{ firstName: string; lastName: string; fields: FormAnswers }>`
    select first_name as "firstName", last_name as "lastName", fields from lead where lead_id = ${leadId}`;
  return lead ?? null;
}

export interface AnsweredForm {
  readonly organizationId: OrganizationId;
  readonly callId: CallId;
  readonly campaignId: CampaignId;
  readonly leadId: LeadId;
  readonly agentId: AgentId;
  readonly form: readonly FormField[];
  readonly answers: FormAnswers;
  readonly at: EpochMs;
}

/**
 * Stores what was answered in one call, and in the lead what the form says. A field that the form has no more is left out; a later
 * answer for the same call takes the place of the earlier one, and an emptied one takes it away.
 */
export async function storeAnswers(query: Query, answered: AnsweredForm): Promise<void> {
  const { organizationId, callId, campaignId, leadId, agentId, form, answers, at } = answered;
  const given = form.flatMap(({ key }) => {
    const value = answers[key];
    return value === undefined ? [] : [{ key, value: value.trim() }];
  });
  if (given.length === 0) return;
  const emptied = given.flatMap(({ key, value }) => (value === '' ? [key] : []));
  const kept = given.filter(({ value }) => value !== '');
  if (emptied.length > 0)
    await query`delete from call_form_answer where call_id = ${callId} and key = any(${emptied}::text[])`;
  if (kept.length === 0) return;
  await query`
    insert into call_form_answer (call_id, key, organization_id, campaign_id, lead_id, agent_id, value, at)
    select ${callId}, key, ${organizationId}, ${campaignId}, ${leadId}, ${agentId}, value, ${new Date(at)}
      from jsonb_to_recordset(${JSON.stringify(kept)}::text::jsonb) as x(key text, value text)
    on conflict (call_id, key) do update set value = excluded.value, agent_id = excluded.agent_id, at = excluded.at`;
  const change = leadChangeOf(form, answers);
  if (change.firstName === null && change.lastName === null && Object.keys(change.fields).length === 0)
    return;
  await query`
    update lead
       set first_name = coalesce(${change.firstName}::text, first_name),
           last_name = coalesce(${change.lastName}::text, last_name),
           fields = fields || ${JSON.stringify(change.fields)}::text::jsonb
     where organization_id = ${organizationId} and lead_id = ${leadId}`;
}
