import { z } from 'zod';
import { instantSchema } from './scalar.schema.ts';

/** GET /api/campaigns/:campaignId/minutes?since= */
export const minutesQuerySchema = z.object({ since: z.coerce.number().int().min(0).optional() });

const counts = z.array(z.number().int());

/** Columns of equal length, one place for each minute that was recorded; a minute without a place is one of which nothing is known. */
export const liveMinutesSchema = z
  .object({
    /** Beginning of the campaign's local day. */
    dayStart: instantSchema,
    /** Beginnings of the minutes, the oldest first. */
    at: z.array(instantSchema),
    linesMax: counts,
    talkingMean: z.array(z.number()),
    /** So far on the day, at each minute's end. */
    attempts: counts,
    humanAnswers: counts,
    connected: counts,
    abandoned: counts,
    /** Agents of the pool by state; states that nobody was in are left out. */
    agents: z.record(z.string(), counts),
  })
  .meta({ id: 'LiveMinutes' });
export type LiveMinutes = z.output<typeof liveMinutesSchema>;
