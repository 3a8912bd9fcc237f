import { localDay } from '../../compliance/local-time.ts';
import type { Query } from '../../kernel/database.ts';
import type { AgentId } from '../../kernel/ids.ts';
import { readLedgerDays } from '../../reports/abandonment-report.store.ts';
import { periodsIn } from '../../reports/abandonment-report.ts';
import { agentFigures, NO_TIMES } from '../../reports/agent-figures.ts';
import { readAgentReport } from '../../reports/agent-report.store.ts';
import { readCallReport } from '../../reports/call-report.store.ts';
import { readDispositionReport } from '../../reports/disposition-report.store.ts';
import { abandonmentShare, callFigures, NO_CALLS, share } from '../../reports/figures.ts';
import { readPenetration } from '../../reports/penetration.store.ts';
import { instantsOf, rangeOf, type DayRange } from '../../reports/report-range.ts';
import { readOrganizationZone, type ReportCampaign } from '../../reports/report-scope.store.ts';
import {
  abandonmentReportSchema,
  agentReportSchema,
  callReportQuerySchema,
  callReportSchema,
  dispositionReportSchema,
  myDaySchema,
  penetrationQuerySchema,
  penetrationReportSchema,
  reportQuerySchema,
  type AbandonmentReport,
} from '../api/report.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { agentIdOf } from './agent.route.ts';
import { WATCHERS } from './campaign.route.ts';
import { reportCallRoutes } from './report-call.route.ts';
import { scopeOf } from './report-scope.ts';

const tags = ['reports'];

export function reportRoutes(app: App, ports: RoutePorts): void {
  callReportRoute(app);
  agentReportRoutes(app, ports);
  dispositionReportRoute(app);
  abandonmentReportRoute(app);
  penetrationRoute(app);
  reportCallRoutes(app);
}

function callReportRoute(app: App): void {
  app.get(
    '/api/reports/calls',
    {
      config: { roles: WATCHERS },
      schema: {
        tags,
        summary: 'Calls by day, or by hour of the day; each campaign in its own zone',
        querystring: callReportQuerySchema,
        response: { 200: callReportSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { campaigns, range } = await scopeOf(me, request.query);
      const rows = await readCallReport(me.database.query, me.organizationId, {
        ranges: campaigns.map((campaign) => rangeOf(campaign, range)),
        by: request.query.by,
      });
      return {
        rows: rows.flatMap(({ slot, ...counts }) =>
          slot === null ? [] : [{ slot, figures: callFigures(counts) }],
        ),
        total: callFigures(rows.find(({ slot }) => slot === null) ?? NO_CALLS),
      };
    },
  );
}

function agentReportRoutes(app: App, { clock }: RoutePorts): void {
  app.get(
    '/api/reports/agents',
    {
      config: { roles: WATCHERS },
      schema: {
        tags,
        summary:
          'Agents by day, over all their campaigns; a campaign chooses the agents of its pool and the zone',
        querystring: reportQuerySchema,
        response: { 200: agentReportSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { campaigns, range, isAll, agentsZone: timeZone } = await scopeOf(me, request.query);
      const rows = await readAgentReport(me.database.query, me.organizationId, {
        poolId: isAll ? null : (campaigns[0]?.poolId ?? null),
        agentId: null,
        timeZone,
        ...instantsOf(timeZone, range),
        now: clock.now(),
      });
      return {
        timeZone,
        rows: rows.map(({ agentId, name, day, ...counts }) => ({
          agentId,
          name,
          day,
          figures: agentFigures(counts),
        })),
      };
    },
  );

  app.get(
    '/api/reports/my-day',
    {
      config: { roles: ['agent'] },
      schema: { tags, summary: 'My own day so far', response: { 200: myDaySchema } },
    },
    async (request) => {
      const me = whoAsks(request);
      const agentId: AgentId = agentIdOf(me);
      const now = clock.now();
      const timeZone = await readOrganizationZone(me.database.query, me.organizationId);
      const day = localDay(timeZone, now);
      const rows = await readAgentReport(me.database.query, me.organizationId, {
        poolId: null,
        agentId,
        timeZone,
        ...instantsOf(timeZone, { firstDay: day, lastDay: day }),
        now,
      });
      const own = rows.find((row) => row.day === null);
      const nothing = {
        times: NO_TIMES,
        noPersonMs: 0,
        calls: 0,
        dispositions: 0,
        rightParties: 0,
        sales: 0,
      };
      return { timeZone, day, figures: agentFigures(own ?? nothing) };
    },
  );
}

function dispositionReportRoute(app: App): void {
  app.get(
    '/api/reports/dispositions',
    {
      config: { roles: WATCHERS },
      schema: {
        tags,
        summary: 'What agents said of the calls, with right-party rate and conversion',
        querystring: reportQuerySchema,
        response: { 200: dispositionReportSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { campaigns, range } = await scopeOf(me, request.query);
      const { connected, dispositions } = await readDispositionReport(
        me.database.query,
        me.organizationId,
        campaigns.map((campaign) => rangeOf(campaign, range)),
      );
      const callsWith = (flag: 'isRightParty' | 'isSale'): number =>
        dispositions.reduce((sum, word) => sum + (word[flag] ? word.calls : 0), 0);
      return {
        connected,
        rightPartyRate: share(callsWith('isRightParty'), connected),
        conversion: share(callsWith('isSale'), connected),
        dispositions: dispositions.map(({ calls, ...word }) => ({ ...word, share: share(calls, connected) })),
      };
    },
  );
}

function abandonmentReportRoute(app: App): void {
  app.get(
    '/api/reports/abandonment',
    {
      config: { roles: WATCHERS },
      schema: {
        tags,
        summary: 'The abandonment ledger by local day and fixed period, against the limit',
        querystring: reportQuerySchema,
        response: { 200: abandonmentReportSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { campaigns, range } = await scopeOf(me, request.query);
      const { query } = me.database;
      const ids = campaigns.map(({ campaignId }) => campaignId);
      const days = await readLedgerDays(query, ids, range);
      const periods = await Promise.all(campaigns.map((campaign) => periodsOf(query, campaign, range)));
      return {
        days: campaigns.flatMap((campaign) =>
          days
            .filter(({ campaignId }) => campaignId === campaign.campaignId)
            .map(({ day, earlyHangUps, ...counts }) => ({
              ...limited(campaign),
              day,
              earlyHangUps,
              abandonmentRate: abandonmentShare(counts),
            })),
        ),
        periods: periods.flat(),
      };
    },
  );
}

const limited = ({ campaignId, name, abandonRateMax }: ReportCampaign) => ({
  campaignId,
  campaignName: name,
  rateMax: abandonRateMax,
});

/** Whole periods, also where the range begins or ends within one: the law judges them whole. */
async function periodsOf(
  query: Query,
  campaign: ReportCampaign,
  range: DayRange,
): Promise<AbandonmentReport['periods']> {
  const periods = periodsIn(campaign, range);
  const [first, last] = [periods[0], periods.at(-1)];
  if (!first || !last) return [];
  const days = await readLedgerDays(query, [campaign.campaignId], {
    firstDay: first.firstDay,
    lastDay: last.lastDay,
  });
  return periods.map(({ firstDay, lastDay }) => {
    const within = days.filter(({ day }) => day >= firstDay && day <= lastDay);
    const sumOf = (key: 'abandoned' | 'humanAnswers'): number =>
      within.reduce((sum, row) => sum + row[key], 0);
    const counts = { abandoned: sumOf('abandoned'), humanAnswers: sumOf('humanAnswers') };
    return { ...limited(campaign), firstDay, lastDay, abandonmentRate: abandonmentShare(counts) };
  });
}

function penetrationRoute(app: App): void {
  app.get(
    '/api/reports/penetration',
    {
      config: { roles: WATCHERS },
      schema: {
        tags,
        summary: 'Leads with at least one attempt ÷ leads of the list, counted every five minutes',
        querystring: penetrationQuerySchema,
        response: { 200: penetrationReportSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { campaignId = null } = request.query;
      const lists = await readPenetration(me.database.query, me.organizationId, campaignId);
      return {
        lists: lists.map(({ leads, attempted, ...list }) => ({
          ...list,
          penetration: share(attempted, leads),
        })),
      };
    },
  );
}
