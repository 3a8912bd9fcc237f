import { readCallPage, type ListedCall } from '../../reports/call-list.store.ts';
import { instantsOf, rangeOf } from '../../reports/report-range.ts';
import { callListQuerySchema, callListSchema } from '../api/report.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import { phoneFor } from '../auth/signed-in.ts';
import type { App } from '../http-app.ts';
import { WATCHERS } from './campaign.route.ts';
import { scopeOf } from './report-scope.ts';

export function reportCallRoutes(app: App): void {
  app.get(
    '/api/reports/call-list',
    {
      config: { roles: WATCHERS },
      schema: {
        tags: ['reports'],
        summary: 'The calls behind a figure of a report, the newest first',
        querystring: callListQuerySchema,
        response: { 200: callListSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { figure, hour = null, agentId = null, code = null, after = null, limit } = request.query;
      const { campaigns, range, isAll, agentsZone } = await scopeOf(me, request.query);
      // The report of agents has one zone for all of their campaigns; its figures must open to the same calls.
      const agentRange = instantsOf(agentsZone, range);
      const calls = await readCallPage(me.database.query, me.organizationId, {
        ranges: campaigns.map((campaign) => ({
          ...rangeOf(campaign, range),
          ...(agentId !== null && isAll && agentRange),
        })),
        figure,
        hour,
        agentId,
        code,
        limit,
        after,
      });
      return {
        calls: calls.map((call) => listed(call, phoneFor(me.role, call.phone))),
        next: calls.length < limit ? null : (calls.at(-1)?.callId ?? null),
      };
    },
  );
}

function listed(call: ListedCall, phone: string) {
  const { callId, placedAt, timeZone, campaignName, leadId, leadName, ending } = call;
  const { answerToAgentMs, isAbandoned, agentName, disposition, answeredAt, endedAt } = call;
  const answeredMs = answeredAt === null ? null : endedAt - answeredAt;
  const whose = { callId, placedAt, timeZone, campaignName, leadId, leadName, phone };
  return { ...whose, ending, answeredMs, answerToAgentMs, isAbandoned, agentName, disposition };
}
