import { z } from 'zod';
import { localDay, startOfLocalDay } from '../../compliance/local-time.ts';
import type { CampaignId } from '../../kernel/ids.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { liveMinutesSchema, minutesQuerySchema, type LiveMinutes } from '../api/live-minute.schema.ts';
import { idOf } from '../api/scalar.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { notFound } from '../http-problem.ts';
import { loadMinutes, zoneOfCampaign } from '../live-minute.store.ts';
import type { LiveMinute } from '../live-minutes.ts';

const params = z.object({ campaignId: idOf<CampaignId>() });

export function liveMinuteRoutes(app: App, { clock }: RoutePorts): void {
  app.get(
    '/api/campaigns/:campaignId/minutes',
    {
      config: { roles: ['admin', 'manager', 'supervisor', 'officer', 'auditor'] },
      schema: {
        tags: ['campaigns'],
        summary: 'The campaign’s local day minute by minute: lines, answers, abandonment, agents by state',
        params,
        querystring: minutesQuerySchema,
        response: { 200: liveMinutesSchema },
      },
    },
    async (request) => {
      const { database } = whoAsks(request);
      const { campaignId } = request.params;
      const zone = await zoneOfCampaign(database, campaignId);
      if (zone === null) throw notFound('campaign');
      const dayStart = startOfLocalDay(zone, localDay(zone, clock.now()));
      const from = Math.max(dayStart, request.query.since ?? 0) as EpochMs;
      return { dayStart, ...columnsOf(await loadMinutes(database, { campaignId, from })) };
    },
  );
}

function columnsOf(minutes: readonly LiveMinute[]): Omit<LiveMinutes, 'dayStart'> {
  const states = [...new Set(minutes.flatMap(({ agents }) => Object.keys(agents)))];
  return {
    at: minutes.map(({ minute }) => minute),
    linesMax: minutes.map(({ linesMax }) => linesMax),
    talkingMean: minutes.map(({ talkingMean }) => Math.round(talkingMean * 10) / 10),
    attempts: minutes.map(({ attempts }) => attempts),
    humanAnswers: minutes.map(({ humanAnswers }) => humanAnswers),
    connected: minutes.map(({ connected }) => connected),
    abandoned: minutes.map(({ abandoned }) => abandoned),
    agents: Object.fromEntries(
      states.map((state) => [state, minutes.map(({ agents }) => agents[state] ?? 0)]),
    ),
  };
}
