import { z } from 'zod';
import type { AgentId, Branded, CommandId, PoolId, TeamId, UserId } from '../../kernel/ids.ts';
import { idOf, instantSchema } from './scalar.schema.ts';

export type ActionId = Branded<string, 'ActionId'>;
export type MessageId = Branded<string, 'MessageId'>;

/** After how long a state calls for help; settings of the organization. GET and PUT /api/alarm-limits */
export const alarmLimitsSchema = z
  .strictObject({
    wrapUpAlarmMs: z.number().int().min(10_000).max(3_600_000),
    pauseAlarmMs: z.number().int().min(60_000).max(28_800_000),
  })
  .meta({ id: 'AlarmLimits' });
export type AlarmLimits = z.output<typeof alarmLimitsSchema>;

/** GET /api/pools/:poolId/board: what the board shows of its agents that the live feed does not carry. */
export const boardSchema = z.object({
  limits: alarmLimitsSchema,
  agents: z.array(
    z.object({
      agentId: idOf<AgentId>(),
      extension: z.string(),
      teamId: idOf<TeamId>().nullable(),
      /** A move that waits for the end of his call. */
      movesTo: z.string().nullable(),
    }),
  ),
  teams: z.array(z.object({ teamId: idOf<TeamId>(), name: z.string() })),
  /** Where agents may be moved, with what runs there. */
  pools: z.array(z.object({ poolId: idOf<PoolId>(), name: z.string(), campaigns: z.array(z.string()) })),
});
export type Board = z.output<typeof boardSchema>;

/** Answer to a supervisor: carried out, now or as soon as it can be; a sentence for people. */
export const helpAnswerSchema = z
  .object({ ok: z.literal(true), message: z.string() })
  .meta({ id: 'HelpAnswer' });
export type HelpAnswer = z.output<typeof helpAnswerSchema>;

/** POST /api/agents/:agentId/move */
export const moveInputSchema = z.strictObject({ commandId: idOf<CommandId>(), poolId: idOf<PoolId>() });
export type MoveInput = z.input<typeof moveInputSchema>;

const messageText = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(1000, 'may have at most 1,000 characters');

/** POST /api/agent-messages: to some agents, or to all of a pool. */
export const newMessageSchema = z.strictObject({
  text: messageText,
  to: z.union([
    z.strictObject({ agentIds: z.array(idOf<AgentId>()).min(1).max(1000) }),
    z.strictObject({ poolId: idOf<PoolId>() }),
  ]),
});
export type NewMessage = z.input<typeof newMessageSchema>;

/** POST /api/agent-messages */
export const messageSentSchema = z.object({ sent: z.number().int() });
export type MessageSent = z.output<typeof messageSentSchema>;

export const agentMessageSchema = z
  .object({
    messageId: idOf<MessageId>(),
    fromName: z.string(),
    text: z.string(),
    sentAt: instantSchema,
  })
  .meta({ id: 'AgentMessage' });
export type AgentMessage = z.output<typeof agentMessageSchema>;

/** GET /api/agent/messages: those that the agent has not seen, the oldest first. */
export const unreadMessagesSchema = z.object({ messages: z.array(agentMessageSchema) });
export type UnreadMessages = z.output<typeof unreadMessagesSchema>;

/** GET /api/agent/messages/today: all of the agent's day, the newest first; `seenAt` null: not seen yet. */
export const dayMessagesSchema = z.object({
  messages: z.array(
    agentMessageSchema.extend({ seenAt: instantSchema.nullable() }).meta({ id: 'DayMessage' }),
  ),
});
export type DayMessages = z.output<typeof dayMessagesSchema>;
export type DayMessage = DayMessages['messages'][number];

export const helpEntrySchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('action'),
    id: z.string(),
    at: instantSchema,
    byName: z.string(),
    kind: z.enum(['pause', 'ready', 'sign-out', 'connect-phone', 'move']),
    reason: z.string().nullable(),
    poolName: z.string().nullable(),
    /** Null: no answer came. */
    outcome: z.enum(['done', 'waits', 'refused', 'taken-back']).nullable(),
  }),
  z.object({
    type: z.literal('message'),
    id: z.string(),
    at: instantSchema,
    byName: z.string(),
    text: z.string(),
    seenAt: instantSchema.nullable(),
  }),
]);
export type HelpEntry = z.output<typeof helpEntrySchema>;

/** GET /api/agents/:agentId */
export const agentPageSchema = z.object({
  agentId: idOf<AgentId>(),
  userId: idOf<UserId>(),
  name: z.string(),
  extension: z.string(),
  isActive: z.boolean(),
  poolId: idOf<PoolId>(),
  poolName: z.string(),
  teamName: z.string().nullable(),
  movesTo: z.string().nullable(),
});
export type AgentPage = z.output<typeof agentPageSchema>;

/** GET /api/agents/:agentId/help: what supervisors did for him and wrote to him, the newest first. */
export const helpHistorySchema = z.object({ entries: z.array(helpEntrySchema), next: z.string().nullable() });
export type HelpHistory = z.output<typeof helpHistorySchema>;
