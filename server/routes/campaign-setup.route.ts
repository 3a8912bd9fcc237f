import { z } from 'zod';
import { listChanges } from '../../campaigns/campaign-change.store.ts';
import { copyCampaign } from '../../campaigns/campaign-copy.store.ts';
import {
  chooseDispositions,
  readCampaignDispositions,
  type ChoiceRefusal,
} from '../../campaigns/campaign-disposition.store.ts';
import { listCampaignJobs } from '../../campaigns/campaign-job.store.ts';
import { readCampaignStanding } from '../../campaigns/campaign-standing.store.ts';
import { renderScript, SCRIPT_FIELDS, scriptFields } from '../../campaigns/script.ts';
import { unreachable } from '../../kernel/assert.ts';
import type { CampaignId } from '../../kernel/ids.ts';
import {
  CAMPAIGN_STANDARDS,
  campaignChangesQuerySchema,
  campaignChangesSchema,
  campaignCopySchema,
  campaignDefaultsSchema,
  campaignDispositionsSchema,
  campaignJobsSchema,
  campaignStandingSchema,
  dispositionChoiceSchema,
} from '../api/campaign-setup.schema.ts';
import { campaignSchema } from '../api/campaign.schema.ts';
import { idOf } from '../api/scalar.schema.ts';
import { scriptPreviewInputSchema, scriptPreviewSchema } from '../api/script.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import type { SignedIn } from '../auth/signed-in.ts';
import { readSampleLead } from '../sample-lead.store.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { conflict, notFound, wrongInput, type HttpProblem } from '../http-problem.ts';
import { authorOf, explainClash, showCampaign, storedCampaign } from './campaign-answer.ts';
import { MANAGERS, WATCHERS } from './campaign-roles.ts';

const tags = ['campaigns'];
const params = z.object({ campaignId: idOf<CampaignId>() });

export function campaignSetupRoutes(app: App, ports: RoutePorts): void {
  defaultsRoute(app);
  standingRoute(app, ports);
  historyRoute(app);
  jobsRoute(app, ports);
  dispositionRoutes(app, ports);
  scriptRoute(app);
  copyRoute(app, ports);
}

function defaultsRoute(app: App): void {
  app.get(
    '/api/campaign-defaults',
    {
      config: { roles: WATCHERS },
      schema: {
        tags,
        summary: 'What the product sets when nobody says otherwise, and what retry rules may not fall below',
        response: { 200: campaignDefaultsSchema },
      },
    },
    () => CAMPAIGN_STANDARDS,
  );
}

function standingRoute(app: App, ports: RoutePorts): void {
  app.get(
    '/api/campaigns/:campaignId/standing',
    {
      config: { roles: WATCHERS },
      schema: {
        tags,
        summary: 'Where its leads stand, and why those wait that wait',
        params,
        response: { 200: campaignStandingSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const campaign = await storedCampaign(me, request.params.campaignId);
      const key = { ...campaign, organizationId: me.organizationId };
      const { waiting, finishedBy, ...standing } = await readCampaignStanding(
        me.database.query,
        key,
        ports.clock.now(),
      );
      return { ...standing, waiting: [...waiting], finishedBy: [...finishedBy] };
    },
  );
}

function historyRoute(app: App): void {
  app.get(
    '/api/campaigns/:campaignId/changes',
    {
      config: { roles: WATCHERS },
      schema: {
        tags,
        summary: 'Who changed what and when, the newest first',
        params,
        querystring: campaignChangesQuerySchema,
        response: { 200: campaignChangesSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { after = null, limit } = request.query;
      const { campaignId } = await storedCampaign(me, request.params.campaignId);
      const key = { organizationId: me.organizationId, campaignId };
      const changes = await listChanges(me.database.query, key, { after, limit });
      return {
        changes: [...changes],
        next: changes.length < limit ? null : (changes.at(-1)?.changeId ?? null),
      };
    },
  );
}

function jobsRoute(app: App, ports: RoutePorts): void {
  app.get(
    '/api/campaigns/:campaignId/jobs',
    {
      config: { roles: WATCHERS },
      schema: {
        tags,
        summary: 'Long changes that are under way, and those that failed within a day',
        params,
        response: { 200: campaignJobsSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { campaignId } = await storedCampaign(me, request.params.campaignId);
      const key = { organizationId: me.organizationId, campaignId };
      return { jobs: [...(await listCampaignJobs(me.database.query, key, ports.clock.now()))] };
    },
  );
}

function dispositionRoutes(app: App, ports: RoutePorts): void {
  const path = '/api/campaigns/:campaignId/dispositions';
  const answer = async (me: SignedIn, campaignId: CampaignId) => {
    const key = { organizationId: me.organizationId, campaignId };
    const { isOwnChoice, dispositions } = await readCampaignDispositions(me.database.query, key);
    return { isOwnChoice, dispositions: [...dispositions] };
  };
  app.get(
    path,
    {
      config: { roles: WATCHERS },
      schema: {
        tags,
        summary: 'What its agents may say of a call, in order',
        params,
        response: { 200: campaignDispositionsSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { campaignId } = await storedCampaign(me, request.params.campaignId);
      return answer(me, campaignId);
    },
  );

  app.put(
    path,
    {
      config: { roles: MANAGERS },
      schema: {
        tags,
        summary: 'Choose and order what its agents may say; an empty choice offers every word in use',
        params,
        body: dispositionChoiceSchema,
        response: { 200: campaignDispositionsSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { campaignId } = request.params;
      const key = { organizationId: me.organizationId, campaignId };
      const chosen = await chooseDispositions(me.database, key, {
        choice: request.body.choice,
        author: authorOf(me, ports),
      });
      if (!chosen.ok) throw refusedChoice(chosen, me);
      return answer(me, campaignId);
    },
  );
}

function refusedChoice(refusal: ChoiceRefusal, { locale }: SignedIn): HttpProblem {
  switch (refusal.problem) {
    case 'unknown-campaign':
      return notFound('campaign');
    case 'unknown-code':
      return wrongInput('choice', `There is no disposition ${refusal.code} in use.`);
    case 'key-twice': {
      const [first = '', second = ''] = refusal.labels;
      return conflict(
        'key-twice',
        locale === 'en'
          ? `“${first}” and “${second}” have the same key ${refusal.hotKey}: give one of them another.`
          : `“${first}”和“${second}”使用了相同的快捷键 ${refusal.hotKey}：请为其中一个改用其他键。`,
      );
    }
    default:
      return unreachable(refusal);
  }
}

function scriptRoute(app: App): void {
  app.post(
    '/api/script-preview',
    {
      config: { roles: MANAGERS },
      schema: {
        tags,
        summary: 'A script as an agent would read it, with a lead of the organization as an example',
        body: scriptPreviewInputSchema,
        response: { 200: scriptPreviewSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const sample = await readSampleLead(me.database.query, me.organizationId);
      const lead = { ...sample.lead, agentName: me.name };
      const known = new Set<string>([...SCRIPT_FIELDS, ...sample.fieldNames]);
      const blocks = renderScript(request.body.script, lead);
      return {
        blocks: blocks.map((block) =>
          block.kind === 'heading'
            ? { ...block, line: [...block.line] }
            : { ...block, lines: block.lines.map((line) => [...line]) },
        ),
        fields: [...known],
        unknownFields: scriptFields(request.body.script).filter((name) => !known.has(name)),
      };
    },
  );
}

function copyRoute(app: App, ports: RoutePorts): void {
  app.post(
    '/api/campaigns/:campaignId/copy',
    {
      config: { roles: MANAGERS },
      schema: {
        tags,
        summary: 'A draft with the same settings, without first and last day',
        params,
        body: campaignCopySchema,
        response: { 201: campaignSchema },
      },
    },
    async (request, reply) => {
      const me = whoAsks(request);
      const { name, ...parts } = request.body;
      const author = authorOf(me, ports);
      const campaignId = ports.newId<CampaignId>(author.at);
      const key = { organizationId: me.organizationId, campaignId: request.params.campaignId };
      const copy = { name, campaignId, parts, author };
      if (!(await explainClash(() => copyCampaign(me.database, key, copy)))) throw notFound('campaign');
      ports.campaignJobs.wake();
      return reply.code(201).send(await showCampaign(me, campaignId, ports));
    },
  );
}
