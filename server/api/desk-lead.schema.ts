import { z } from 'zod';
import type { AgentId, LeadId, NumberId } from '../../kernel/ids.ts';
import { formFieldSchema } from './campaign.schema.ts';
import { idOf, instantSchema } from './scalar.schema.ts';
import { scriptBlocksSchema } from './script.schema.ts';

export { formProblemOf, isFormDue } from '../../campaigns/form-answer.ts';
export type { FormAnswers, FormProblem } from '../../campaigns/form-answer.ts';

/** One of the numbers of the lead on an agent's screen. */
export const deskNumberSchema = z.object({
  numberId: idOf<NumberId>(),
  /** Masked, but for the number in hand. */
  phone: z.string(),
  /** Every IANA zone the number may be in. */
  zones: z.array(z.string()),
  doNotCall: z.enum(['organization', 'campaign']).nullable(),
  isInHand: z.boolean(),
});

/** The lead on the agent's screen; only with his own call. */
export const deskLeadSchema = z.object({
  leadId: idOf<LeadId>(),
  firstName: z.string(),
  lastName: z.string(),
  externalId: z.string().nullable(),
  listName: z.string(),
  fields: z.record(z.string(), z.string()),
  /** Zones of the number in hand. */
  zones: z.array(z.string()),
  numbers: z.array(deskNumberSchema),
  /** Attempts of this campaign that count. */
  attempts: z.number().int(),
  /** The next appointment that stands with this person; null = none. */
  callback: z
    .object({
      at: instantSchema,
      campaignName: z.string(),
      /** Whose it is; null = anyone's. */
      agentId: idOf<AgentId>().nullable(),
      agentName: z.string().nullable(),
    })
    .nullable(),
  /** How long a callback of one agent waits for him while he is away, until anyone may take it; null = for ever. */
  callbackOpenAfterMs: z.number().int().nullable(),
  /** The campaign's script with the lead's fields in their places; empty for a campaign without one. */
  script: scriptBlocksSchema,
  form: z.array(formFieldSchema),
  /** What the form shows before anybody has answered, by the keys of its fields. */
  known: z.record(z.string(), z.string()),
});
export type DeskFormField = z.output<typeof formFieldSchema>;
export type DeskLead = z.output<typeof deskLeadSchema>;
