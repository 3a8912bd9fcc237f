import { z } from 'zod';
import type { AgentId, CallId, CampaignId, LeadId, ListId } from '../../kernel/ids.ts';
import { idOf, instantSchema } from './scalar.schema.ts';

/** A calendar day, as 2026-12-03. */
export const daySchema = z.iso.date({ error: 'must be a day like 2026-12-03' });

/** Of one campaign, or of all of them, from a day to a day of the campaign's own zone; both days belong to it. */
export const reportQuerySchema = z.object({
  campaignId: idOf<CampaignId>().optional(),
  from: daySchema,
  to: daySchema,
});
export type ReportQuery = z.input<typeof reportQuerySchema>;

/** A rate with what it is made of; null where there is nothing to divide by. */
export const shareSchema = z.object({
  part: z.number(),
  whole: z.number(),
  rate: z.number().nullable(),
});
export type Share = z.output<typeof shareSchema>;

export const callReportQuerySchema = reportQuerySchema.extend({
  /** By calendar day, or by hour of the day over all days. */
  by: z.enum(['day', 'hour']).default('day'),
});

const countSchema = z.number().int();
const msSchema = z.number().nullable();

export const callFiguresSchema = z.object({
  attempts: countSchema,
  humanAnswers: countSchema,
  connected: countSchema,
  contactRate: shareSchema,
  abandonmentRate: shareSchema,
  earlyHangUps: countSchema,
  answerToAgentP50Ms: msSchema,
  answerToAgentP95Ms: msSchema,
  asr: shareSchema,
  acdMs: msSchema,
  shortCalls: countSchema,
  postDialDelayMs: msSchema,
});
export type ReportedCallFigures = z.output<typeof callFiguresSchema>;

export const callReportSchema = z
  .object({
    rows: z.array(z.object({ slot: z.string(), figures: callFiguresSchema })),
    total: callFiguresSchema,
  })
  .meta({
    id: 'CallReport',
    description: 'slot: a day like 2026-12-03, or an hour of the day from 00 to 23',
  });
export type CallReport = z.output<typeof callReportSchema>;

/** Milliseconds in each state of somebody who is signed in. */
export const stateTimesSchema = z.object({
  talking: z.number(),
  'on-hold': z.number(),
  consulting: z.number(),
  'wrapping-up': z.number(),
  ready: z.number(),
  reserved: z.number(),
  previewing: z.number(),
  dialling: z.number(),
  paused: z.number(),
  'phone-connecting': z.number(),
  'phone-lost': z.number(),
});

export const agentFiguresSchema = z.object({
  signedInMs: z.number(),
  times: stateTimesSchema,
  calls: countSchema,
  dispositions: countSchema,
  rightPartyRate: shareSchema,
  conversion: shareSchema,
  ahtMs: msSchema,
  utilisation: shareSchema,
  occupancy: shareSchema,
});
export type ReportedAgentFigures = z.output<typeof agentFiguresSchema>;

export const agentReportSchema = z
  .object({
    timeZone: z.string(),
    rows: z.array(
      z.object({
        agentId: idOf<AgentId>(),
        name: z.string(),
        /** Null: the agent's whole range. */
        day: z.string().nullable(),
        figures: agentFiguresSchema,
      }),
    ),
  })
  .meta({ id: 'AgentReport' });
export type AgentReport = z.output<typeof agentReportSchema>;

export const myDaySchema = z
  .object({ timeZone: z.string(), day: z.string(), figures: agentFiguresSchema })
  .meta({ id: 'MyDay' });
export type MyDay = z.output<typeof myDaySchema>;

export const dispositionReportSchema = z
  .object({
    connected: countSchema,
    rightPartyRate: shareSchema,
    conversion: shareSchema,
    dispositions: z.array(
      z.object({
        code: z.string(),
        label: z.string(),
        isRightParty: z.boolean(),
        isSale: z.boolean(),
        share: shareSchema,
      }),
    ),
  })
  .meta({ id: 'DispositionReport', description: 'Shares of the calls connected to an agent' });
export type DispositionReport = z.output<typeof dispositionReportSchema>;

export const abandonmentReportSchema = z
  .object({
    days: z.array(
      z.object({
        campaignId: idOf<CampaignId>(),
        campaignName: z.string(),
        day: z.string(),
        abandonmentRate: shareSchema,
        earlyHangUps: countSchema,
        rateMax: z.number(),
      }),
    ),
    /** The fixed periods of 30 days that the range touches, whole. */
    periods: z.array(
      z.object({
        campaignId: idOf<CampaignId>(),
        campaignName: z.string(),
        firstDay: z.string(),
        lastDay: z.string(),
        abandonmentRate: shareSchema,
        rateMax: z.number(),
      }),
    ),
  })
  .meta({ id: 'AbandonmentReport' });
export type AbandonmentReport = z.output<typeof abandonmentReportSchema>;

export const penetrationQuerySchema = z.object({ campaignId: idOf<CampaignId>().optional() });
export const penetrationReportSchema = z
  .object({
    lists: z.array(
      z.object({
        campaignId: idOf<CampaignId>(),
        campaignName: z.string(),
        listId: idOf<ListId>(),
        listName: z.string(),
        penetration: shareSchema,
        countedAt: instantSchema,
      }),
    ),
  })
  .meta({ id: 'PenetrationReport' });
export type PenetrationReport = z.output<typeof penetrationReportSchema>;

export const callFigureSchema = z.enum([
  'calls',
  'attempts',
  'answered',
  'human-answers',
  'connected',
  'abandoned',
  'early-hang-ups',
  'short-calls',
  'dispositions',
]);
export type CallFigureName = z.output<typeof callFigureSchema>;

/** Calls behind a figure: the same range, and which of its calls. */
export const callListQuerySchema = reportQuerySchema.extend({
  figure: callFigureSchema.default('calls'),
  hour: z.coerce.number().int().min(0).max(23).optional(),
  agentId: idOf<AgentId>().optional(),
  code: z.string().max(64).optional(),
  after: idOf<CallId>().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const listedCallSchema = z
  .object({
    callId: idOf<CallId>(),
    placedAt: instantSchema,
    timeZone: z.string(),
    campaignName: z.string(),
    leadId: idOf<LeadId>().nullable(),
    leadName: z.string(),
    phone: z.string(),
    ending: z.string(),
    /** From the answer to the end. */
    answeredMs: msSchema,
    answerToAgentMs: msSchema,
    isAbandoned: z.boolean().nullable(),
    agentName: z.string().nullable(),
    disposition: z.string().nullable(),
  })
  .meta({ id: 'ListedCall' });
export type ListedCall = z.output<typeof listedCallSchema>;

export const callListSchema = z
  .object({ calls: z.array(listedCallSchema), next: idOf<CallId>().nullable() })
  .meta({ id: 'CallList' });
export type CallList = z.output<typeof callListSchema>;
