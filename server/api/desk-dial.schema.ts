import { z } from 'zod';
import type { CallId, CampaignId, CommandId, LeadId, NumberId } from '../../kernel/ids.ts';
import { idOf, instantSchema, typedPhoneSchema } from './scalar.schema.ts';

/** A lead that waits for the agent's click: dial (`preview-dial`) or skip with a reason (`preview-skip`). */
export const deskPreviewSchema = z.object({
  campaignId: idOf<CampaignId>(),
  campaignName: z.string(),
  leadId: idOf<LeadId>(),
  numberId: idOf<NumberId>(),
  phone: z.string(),
  /** `callback`: an appointment of this lead is due. */
  purpose: z.enum(['preview', 'callback']),
  since: instantSchema,
  /** Then `then` happens by itself. */
  until: instantSchema,
  then: z.enum(['dial', 'skip']),
});
export type DeskPreview = z.output<typeof deskPreviewSchema>;

/** A call made for the agent alone that nobody has answered yet; he hears it ring. `hang-up` ends it. */
export const deskDiallingSchema = z.object({
  callId: idOf<CallId>(),
  campaignId: idOf<CampaignId>(),
  campaignName: z.string(),
  leadId: idOf<LeadId>(),
  numberId: idOf<NumberId>(),
  /** Null while it is looked up. */
  phone: z.string().nullable(),
  purpose: z.enum(['preview', 'manual', 'callback']),
  since: instantSchema,
  /** `asking`: the rules are asked; nothing is dialled yet. */
  stage: z.enum(['asking', 'dialling', 'ringing', 'answered']),
});
export type DeskDialling = z.output<typeof deskDiallingSchema>;

/** A campaign in which the agent may dial by hand. */
export const deskCampaignSchema = z.object({
  campaignId: idOf<CampaignId>(),
  name: z.string(),
  dialMode: z.string(),
});

/** An appointment that only this agent keeps, or anyone from `openAt` on. */
export const deskCallbackSchema = z.object({
  campaignId: idOf<CampaignId>(),
  campaignName: z.string(),
  leadId: idOf<LeadId>(),
  numberId: idOf<NumberId>(),
  firstName: z.string(),
  lastName: z.string(),
  phone: z.string(),
  zones: z.array(z.string()),
  dueAt: instantSchema,
  openAt: instantSchema.nullable(),
});
export type DeskCallback = z.output<typeof deskCallbackSchema>;

/** GET /api/agent/callbacks: mine, the next first, at most fifty. */
export const deskCallbacksSchema = z.object({ callbacks: z.array(deskCallbackSchema) });
export type DeskCallbacks = z.output<typeof deskCallbacksSchema>;

const commandId = idOf<CommandId>();

/**
 * Calls for one agent alone. They answer when the rules have been asked and the call is on its way; a refusal is a 409 `refused`
 * with the same sentence as in the lead's history.
 */
export const dialCommandOptions = [
  /** The lead is named, so that a late click never dials the one after it. */
  z.strictObject({ commandId, type: z.literal('preview-dial'), leadId: idOf<LeadId>() }),
  z.strictObject({
    commandId,
    type: z.literal('preview-skip'),
    leadId: idOf<LeadId>(),
    reason: z.string().trim().min(1, 'must not be empty').max(200, 'may have at most 200 characters'),
  }),
  /** By hand, or once more; when I am ready with no line ringing for me, or paused. */
  z.strictObject({
    commandId,
    type: z.literal('dial'),
    campaignId: idOf<CampaignId>(),
    leadId: idOf<LeadId>(),
    numberId: idOf<NumberId>(),
  }),
] as const;

/** As `dial`; the number is looked up among the organization's leads, or becomes one in the list "Manual calls". */
export const dialNumberCommand = z.strictObject({
  commandId,
  type: z.literal('dial-number'),
  campaignId: idOf<CampaignId>(),
  phone: typedPhoneSchema,
});

/** Part of GET /api/agent. */
export const deskDialFields = {
  preview: deskPreviewSchema.nullable(),
  dialling: deskDiallingSchema.nullable(),
  /** Campaigns in which I may dial by hand. */
  campaigns: z.array(deskCampaignSchema),
};
