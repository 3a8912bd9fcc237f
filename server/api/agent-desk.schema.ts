import { z } from 'zod';
import type { AgentId, CallId, CampaignId, CommandId, PoolId } from '../../kernel/ids.ts';
import { deskDialFields, dialCommandOptions, dialNumberCommand } from './desk-dial.schema.ts';
import { deskLeadSchema } from './desk-lead.schema.ts';
import { deskTodaySchema } from './desk-today.schema.ts';
import { idOf, instantSchema } from './scalar.schema.ts';

export const agentStateSchema = z.enum([
  'signed-out',
  'phone-connecting',
  'phone-lost',
  'ready',
  'reserved',
  'previewing',
  'dialling',
  'talking',
  'on-hold',
  'consulting',
  'wrapping-up',
  'paused',
]);

const code = z
  .string()
  .trim()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be a short word of small letters, digits and hyphens');

const label = z.string().trim().min(1, 'must not be empty').max(80);
const outcome = z.enum(['finished', 'retry', 'callback', 'do-not-call']);

export const dispositionSchema = z
  .object({
    code: z.string(),
    label: z.string(),
    /** What the lead does next. */
    outcome,
    retryAfterMs: z.number().int(),
    isSale: z.boolean(),
    isRightParty: z.boolean(),
    hotKey: z.string().nullable(),
    position: z.number().int(),
  })
  .meta({ id: 'Disposition' });
export type Disposition = z.output<typeof dispositionSchema>;

/** GET /api/dispositions */
export const dispositionsSchema = z.object({ dispositions: z.array(dispositionSchema) });

/** PUT /api/dispositions/:code */
export const dispositionInputSchema = z.strictObject({
  label,
  outcome,
  retryAfterMs: z.number().int().min(0).max(31_622_400_000).default(86_400_000),
  isSale: z.boolean().default(false),
  isRightParty: z.boolean().default(false),
  hotKey: z
    .string()
    .trim()
    .regex(/^[0-9a-z]$/, 'must be one digit or small letter')
    .nullable()
    .default(null),
  position: z.number().int().min(0).max(1000).default(0),
});

export const pauseReasonSchema = z
  .object({ code: z.string(), label: z.string(), position: z.number().int() })
  .meta({ id: 'PauseReason' });
export type PauseReason = z.output<typeof pauseReasonSchema>;

/** GET /api/pause-reasons */
export const pauseReasonsSchema = z.object({ pauseReasons: z.array(pauseReasonSchema) });
export type PauseReasons = z.output<typeof pauseReasonsSchema>;

/** PUT and DELETE /api/pause-reasons/:code */
export const pauseReasonInputSchema = z.strictObject({
  label,
  position: z.number().int().min(0).max(1000).default(0),
});
export const codeParamsSchema = z.object({ code });

/** GET /api/agent, and the message `desk` of WS /api/agent/live. */
export const agentDeskSchema = z
  .object({
    at: instantSchema,
    poolId: idOf<PoolId>(),
    extension: z.string(),
    agent: z.object({
      agentId: idOf<AgentId>(),
      name: z.string(),
      state: agentStateSchema,
      reason: z.string().nullable(),
      since: instantSchema,
      wrapUntil: instantSchema.nullable(),
      /** A pause or sign-out that waits for the end of the call. */
      wanted: z.enum(['pause', 'sign-out']).nullable(),
      callsToday: z.number().int(),
    }),
    call: z
      .object({
        callId: idOf<CallId>(),
        campaignId: idOf<CampaignId>().nullable(),
        campaignName: z.string().nullable(),
        phone: z.string(),
        connectedAt: instantSchema,
        endedAt: instantSchema.nullable(),
        needsDisposition: z.boolean(),
      })
      .nullable(),
    ...deskDialFields,
    /** Null while it is looked up (the call itself is shown at once) and without a call. */
    lead: deskLeadSchema.nullable(),
    dispositions: z.array(dispositionSchema),
    pauseReasons: z.array(pauseReasonSchema),
    today: deskTodaySchema,
  })
  .meta({ id: 'AgentDesk' });
export type AgentDesk = z.output<typeof agentDeskSchema>;

const commandId = idOf<CommandId>();

/** What the owner of the pool is told as it came. */
export const ownerCommandOptions = [
  z.strictObject({ commandId, type: z.literal('sign-in') }),
  z.strictObject({ commandId, type: z.literal('connect-phone') }),
  z.strictObject({ commandId, type: z.literal('ready') }),
  z.strictObject({ commandId, type: z.literal('pause'), reason: code }),
  z.strictObject({ commandId, type: z.literal('sign-out') }),
  z.strictObject({ commandId, type: z.literal('hang-up') }),
  z.strictObject({ commandId, type: z.literal('hold') }),
  z.strictObject({ commandId, type: z.literal('resume') }),
  z.strictObject({ commandId, type: z.literal('extend-wrap-up'), callId: idOf<CallId>() }),
  ...dialCommandOptions,
] as const;

/** POST /api/agent/commands. `commandId` is made by the browser; the same one again changes nothing. */
export const deskCommandSchema = z.discriminatedUnion('type', [...ownerCommandOptions, dialNumberCommand]);
export type DeskCommand = z.input<typeof deskCommandSchema>;

/** POST /api/pools/:poolId/agents/:agentId/commands: what a supervisor may ask for an agent. */
export const supervisorCommandSchema = z.discriminatedUnion('type', [
  z.strictObject({ commandId, type: z.literal('ready') }),
  z.strictObject({ commandId, type: z.literal('pause'), reason: code }),
  z.strictObject({ commandId, type: z.literal('sign-out') }),
  /** Only of a phone that was lost: an agent begins his shift himself. */
  z.strictObject({ commandId, type: z.literal('connect-phone') }),
]);
export type SupervisorCommand = z.input<typeof supervisorCommandSchema>;

/** POST /api/calls/:callId/disposition: stored when it answers, then the agent goes on. */
export const callDispositionSchema = z.strictObject({
  commandId,
  code,
  notes: z.string().trim().max(4000, 'may have at most 4,000 characters').default(''),
  /** Needed by a disposition whose outcome is callback, refused for the others. */
  callbackAt: instantSchema.optional(),
  /** Only this agent calls back; else whoever is free. */
  callbackIsMine: z.boolean().default(false),
  /** Of the campaign's form, by the keys of its fields; an empty one takes away what was answered before. */
  answers: z.record(z.string().max(60), z.string().max(2000)).default({}),
  next: z.enum(['ready', 'pause']).default('ready'),
});
export type CallDisposition = z.input<typeof callDispositionSchema>;

/** What the agent's screen sends on its socket. */
export const deskClientMessageSchema = z.strictObject({ type: z.literal('take-over') });
