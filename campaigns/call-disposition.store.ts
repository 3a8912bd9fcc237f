import { addDoNotCall } from '../compliance/do-not-call.store.ts';
import type { OrganizationDatabase, Query } from '../kernel/database.ts';
import type { AgentId, CallId, CampaignId, LeadId, OrganizationId, UserId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import type { EpochMs } from '../kernel/time.ts';
import { uuidMadeAt } from '../kernel/uuid.ts';
import { callbackObjection, type CallbackObjection } from './callback-time.ts';
import { afterDisposition, type Disposition } from './disposition.ts';
import { readAnsweringLead, readForm, storeAnswers } from './form-answer.store.ts';
import { formProblemOf, knownAnswers, type FormAnswers } from './form-answer.ts';
import type { FormField } from './form.ts';

/** What an agent says of a call of his own. */
export interface CallDisposition {
  readonly callId: CallId;
  readonly agentId: AgentId;
  readonly code: string;
  readonly notes: string;
  /** Needed by a disposition whose outcome is callback, refused for the others. */
  readonly callbackAt: EpochMs | null;
  /** Only this agent calls back; else whoever is free. */
  readonly callbackIsMine: boolean;
  /** Of the campaign's form; left out by who fills in none. */
  readonly answers?: FormAnswers;
  readonly at: EpochMs;
}

export type DispositionProblem =
  | 'unknown-call'
  | 'not-your-call'
  | 'unknown-code'
  | 'callback-without-time'
  | 'time-without-callback'
  | 'callback-in-the-past'
  | 'form-incomplete'
  | 'answer-misfit';

export type Disposed =
  | { readonly ok: true }
  | { readonly ok: false; readonly problem: DispositionProblem }
  /** The appointment could not be kept. */
  | {
      readonly ok: false;
      readonly problem: 'callback-not-allowed';
      readonly objection: CallbackObjection;
    };

interface DispositionFacts {
  readonly agentId: AgentId | null;
  readonly campaignId: CampaignId | null;
  readonly leadId: LeadId | null;
  readonly phone: PhoneNumber;
  readonly hasEnded: boolean;
}

/**
 * Stores the agent's word, moves the lead and, when the person wants no calls, puts the number on the do-not-call list: one
 * transaction, so that what was acknowledged is all there. A later word for the same call takes the place of the earlier one, and
 * moves the lead only while no other call of it has begun.
 */
export async function disposeCall(
  database: OrganizationDatabase,
  organizationId: OrganizationId,
  word: CallDisposition,
): Promise<Disposed> {
  return await database.tx(async (query): Promise<Disposed> => {
    const call = await readCall(query, organizationId, word.callId);
    if (call === null) return { ok: false, problem: 'unknown-call' };
    if (call.agentId !== null && call.agentId !== word.agentId)
      return { ok: false, problem: 'not-your-call' };
    const disposition = await readDisposition(query, organizationId, word.code);
    if (disposition === null) return { ok: false, problem: 'unknown-code' };
    const form = call.campaignId === null ? [] : await readForm(query, call.campaignId);
    const problem =
      callbackProblem(disposition, word) ?? (await formProblem(query, { form, call, word, disposition }));
    if (problem !== null) return { ok: false, problem };
    const objection = await appointmentObjection(query, call, word);
    if (objection) return { ok: false, problem: 'callback-not-allowed', objection };
    await writeDisposition(query, { organizationId, word, call });
    await writeAnswers(query, { organizationId, word, call, form });
    await moveLead(query, { word, call, disposition });
    if (disposition.outcome === 'do-not-call') await forbid(query, { organizationId, word, call });
    return { ok: true };
  });
}

async function readCall(
  query: Query,
  organizationId: OrganizationId,
  callId: CallId,
): Promise<DispositionFacts | null> {
  const [call] = await query<DispositionFacts>`
    select agent_id as "agentId", campaign_id as "campaignId", lead_id as "leadId", phone, ended_at is not null as "hasEnded"
      from call
     where organization_id = ${organizationId} and call_id = ${callId} and placed_at = ${new Date(uuidMadeAt(callId))}`;
  return call ?? null;
}

type Rule = Pick<Disposition, 'code' | 'outcome' | 'retryAfterMs' | 'triesMax' | 'isSpread' | 'isSale'>;

async function readDisposition(
  query: Query,
  organizationId: OrganizationId,
  code: string,
): Promise<Rule | null> {
  const [rule] = await query<Rule>`
    select code, outcome, retry_after_ms as "retryAfterMs", tries_max as "triesMax", is_spread as "isSpread",
           is_sale as "isSale"
      from disposition
     where organization_id = ${organizationId} and code = ${code}`;
  return rule ?? null;
}

function callbackProblem({ outcome }: Rule, { callbackAt, at }: CallDisposition): DispositionProblem | null {
  if (outcome !== 'callback') return callbackAt === null ? null : 'time-without-callback';
  if (callbackAt === null) return 'callback-without-time';
  return callbackAt < at ? 'callback-in-the-past' : null;
}

/** Of the lead's number in this campaign: that is what will be dialled. */
async function appointmentObjection(
  query: Query,
  { campaignId, leadId }: DispositionFacts,
  { callbackAt }: CallDisposition,
): Promise<CallbackObjection | null> {
  if (callbackAt === null || campaignId === null || leadId === null) return null;
  const [number] = await query<{ phone: string; zoneKey: string }>`
    select phone, zone_key as "zoneKey" from campaign_lead where campaign_id = ${campaignId} and lead_id = ${leadId}`;
  return number ? callbackObjection(number, callbackAt) : null;
}

/** What is known of the lead counts as answered: the agent saw it in the form. */
async function formProblem(
  query: Query,
  { form, call, word, disposition }: FormFacts & { readonly disposition: Rule },
): Promise<DispositionProblem | null> {
  if (form.length === 0 || call.leadId === null) return null;
  const lead = await readAnsweringLead(query, call.leadId);
  const known = lead === null ? {} : knownAnswers(form, lead);
  const problem = formProblemOf(form, { ...known, ...word.answers }, disposition);
  if (problem === null) return null;
  return problem.kind === 'missing' ? 'form-incomplete' : 'answer-misfit';
}

interface FormFacts {
  readonly form: readonly FormField[];
  readonly call: DispositionFacts;
  readonly word: CallDisposition;
}

async function writeAnswers(
  query: Query,
  { organizationId, form, call, word }: FormFacts & { readonly organizationId: OrganizationId },
): Promise<void> {
  const { campaignId, leadId } = call;
  if (campaignId === null || leadId === null) return;
  const { answers = {} } = word;
  await storeAnswers(query, { ...word, organizationId, campaignId, leadId, form, answers });
}

interface Writing {
  readonly organizationId: OrganizationId;
  readonly word: CallDisposition;
  readonly call: DispositionFacts;
}

async function writeDisposition(query: Query, { organizationId, word, call }: Writing): Promise<void> {
  await query`
    insert into call_disposition (call_id, organization_id, campaign_id, lead_id, agent_id, code, notes, callback_at, at)
    values (${word.callId}, ${organizationId}, ${call.campaignId}, ${call.leadId}, ${word.agentId}, ${word.code}, ${word.notes},
            ${word.callbackAt === null ? null : new Date(word.callbackAt)}, ${new Date(word.at)})
    on conflict (call_id) do update
      set agent_id = excluded.agent_id, code = excluded.code, notes = excluded.notes, callback_at = excluded.callback_at,
          at = excluded.at`;
}

interface LeadToMove {
  readonly attempts: number;
  readonly attemptsMax: number;
  readonly zoneKey: string;
  readonly openAfterMs: number | null;
  readonly tries: number;
}

async function moveLead(
  query: Query,
  { word, call, disposition }: Pick<Writing, 'word' | 'call'> & { readonly disposition: Rule },
): Promise<void> {
  if (call.campaignId === null || call.leadId === null) return;
  // This call's own word is written already.
  const [lead] = await query<LeadToMove>`
    select l.attempts, c.attempts_per_lead_max as "attemptsMax", l.zone_key as "zoneKey",
           c.callback_open_after_ms as "openAfterMs",
           (select count(*)::int from call_disposition d
             where d.organization_id = l.organization_id and d.lead_id = l.lead_id and d.campaign_id = l.campaign_id
               and d.code = ${disposition.code}) as tries
      from campaign_lead l join campaign c using (campaign_id)
     where l.campaign_id = ${call.campaignId} and l.lead_id = ${call.leadId} and l.last_call_id = ${word.callId}
       and l.state <> 'claimed'
       for update of l`;
  if (!lead) return;
  // The ending counts the attempt; a word given during the talk is ahead of it.
  const attempts = lead.attempts + (call.hasEnded ? 0 : 1);
  const next = afterDisposition({
    disposition,
    at: word.at,
    callbackAt: word.callbackAt,
    attempts,
    attemptsMax: lead.attemptsMax,
    tries: lead.tries,
    zoneKey: lead.zoneKey,
  });
  const isMine = next.state === 'callback' && word.callbackIsMine;
  const openAt = isMine && lead.openAfterMs !== null ? next.dueAt + lead.openAfterMs : null;
  await query`
    update campaign_lead
       set state = ${next.state}, due_at = ${new Date(next.dueAt)}, finished_why = ${next.finishedWhy},
           due_why = ${`disposition:${disposition.code}`},
           callback_agent_id = ${isMine ? word.agentId : null}, callback_open_at = ${openAt === null ? null : new Date(openAt)}
     where campaign_id = ${call.campaignId} and lead_id = ${call.leadId}`;
}

async function forbid(query: Query, { organizationId, word, call }: Writing): Promise<void> {
  await addDoNotCall(query, organizationId, [
    {
      phone: call.phone,
      campaignId: null,
      source: 'agent',
      addedBy: word.agentId as string as UserId,
      addedAt: word.at,
    },
  ]);
}

/** The number and campaign of an agent's own call, for a do-not-call request in the middle of the talk; null = not his. */
export async function ownCallNumber(
  query: Query,
  organizationId: OrganizationId,
  { callId, agentId }: { readonly callId: CallId; readonly agentId: AgentId },
): Promise<{ readonly phone: PhoneNumber; readonly campaignId: CampaignId | null } | null> {
  const call = await readCall(query, organizationId, callId);
  if (call === null || (call.agentId !== null && call.agentId !== agentId)) return null;
  return { phone: call.phone, campaignId: call.campaignId };
}
