import { findOrMakeManualLead } from '../campaigns/manual-lead.store.ts';
import { placeOfNumber, zoneKey } from '../compliance/number-place.ts';
import { PHONE_PROBLEM_SENTENCES } from '../compliance/phone-problem-sentence.ts';
import { readPhone } from '../compliance/read-phone.ts';
import { refusalSentence } from '../compliance/refusal-sentence.ts';
import type { CommandAnswer } from '../dialer/agent-command.ts';
import type { CampaignId, LeadId, NumberId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { NewId } from '../kernel/uuid.ts';
import type { Locale } from './api/scalar.schema.ts';
import { loadOrganizationAndSeat } from './auth/user.store.ts';
import type { SignedIn } from './auth/signed-in.ts';
import { conflict, notFound, wrongInput, type HttpProblem } from './http-problem.ts';

/** Whose number an agent typed, as the owner of the pool wants it. Throws the problem when it is none, or the campaign is not there. */
export async function manualLeadOf(
  me: SignedIn,
  typed: { readonly campaignId: CampaignId; readonly phone: string },
  { at, newId }: { readonly at: EpochMs; readonly newId: NewId },
): Promise<{ readonly campaignId: CampaignId; readonly leadId: LeadId; readonly numberId: NumberId }> {
  const { campaignId } = typed;
  const { country } = await loadOrganizationAndSeat(me.database, me.userId);
  const read = readPhone(typed.phone, country);
  if (!read.ok)
    throw wrongInput('phone', `${typed.phone}: ${PHONE_PROBLEM_SENTENCES[me.locale][read.problem]}.`);
  const { phone } = read;
  const lead = await findOrMakeManualLead(me.database, me.organizationId, {
    ...{ campaignId, phone, country, at, newId },
    zoneKey: zoneKey(placeOfNumber(phone).zones),
  });
  if (!lead) throw notFound('campaign');
  return { campaignId, ...lead };
}

/** "No" of the owner of a pool; what the gate refused is said as in the lead's history. */
export function commandProblem(answer: Extract<CommandAnswer, { ok: false }>, locale: Locale): HttpProblem {
  const { code, message, refusal } = answer;
  return conflict(code, refusal ? refusalSentence(refusal, locale) : message);
}
