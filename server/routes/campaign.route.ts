import { z } from 'zod';
import { readCampaignNumbers, readCampaignToday } from '../../campaigns/campaign-figures.store.ts';
import { beginAttachment, detachList } from '../../campaigns/campaign-list.store.ts';
import { recordChanges } from '../../campaigns/campaign-change.store.ts';
import {
  changeCampaign,
  createCampaign,
  listCampaigns,
  setCampaignState,
} from '../../campaigns/campaign.store.ts';
import { START_PROBLEM_SENTENCES, type Campaign as StoredCampaign } from '../../campaigns/campaign.ts';
import type { CampaignId, ListId } from '../../kernel/ids.ts';
import {
  campaignChangeSchema,
  campaignNumbersSchema,
  campaignSchema,
  campaignTodaySchema,
  campaignsSchema,
  listAttachmentSchema,
  newCampaignSchema,
} from '../api/campaign.schema.ts';
import { idOf } from '../api/scalar.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import type { SignedIn } from '../auth/signed-in.ts';
import { chooseSurroundings } from '../campaign-given.store.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { sent } from '../http-change.ts';
import { conflict, notFound, wrongInput } from '../http-problem.ts';
import {
  authorOf,
  explainClash,
  refusedChange,
  refusedSettings,
  showCampaign,
  shownCampaign,
  storedCampaign,
} from './campaign-answer.ts';
import { MANAGERS, WATCHERS } from './campaign-roles.ts';
import { campaignSetupRoutes } from './campaign-setup.route.ts';

const tags = ['campaigns'];
const params = z.object({ campaignId: idOf<CampaignId>() });
const listParams = params.extend({ listId: idOf<ListId>() });

export { MANAGERS, WATCHERS } from './campaign-roles.ts';

export function campaignRoutes(app: App, ports: RoutePorts): void {
  app.get(
    '/api/campaigns',
    {
      config: { roles: WATCHERS },
      schema: { tags, summary: 'All campaigns, the newest first', response: { 200: campaignsSchema } },
    },
    async (request) => {
      const me = whoAsks(request);
      const campaigns = await listCampaigns(me.database.query, me.organizationId);
      const now = ports.clock.now();
      return { campaigns: campaigns.map((campaign) => shownCampaign(campaign, me, now)) };
    },
  );

  app.get(
    '/api/campaigns/:campaignId',
    {
      config: { roles: WATCHERS },
      schema: { tags, summary: 'One campaign', params, response: { 200: campaignSchema } },
    },
    async (request) => showCampaign(whoAsks(request), request.params.campaignId, ports),
  );

  settingRoutes(app, ports);
  figureRoutes(app, ports);
  stateRoutes(app, ports);
  attachmentRoutes(app, ports);
  campaignSetupRoutes(app, ports);
}

function settingRoutes(app: App, ports: RoutePorts): void {
  app.post(
    '/api/campaigns',
    {
      config: { roles: MANAGERS },
      schema: {
        tags,
        summary: 'Add a campaign, as a draft',
        body: newCampaignSchema,
        response: { 201: campaignSchema },
      },
    },
    async (request, reply) => {
      const me = whoAsks(request);
      const { listIds, ...given } = request.body;
      const at = ports.clock.now();
      const campaignId = ports.newId<CampaignId>(at);
      const settings = { ...sent(given), ...(await withDefaults(me, given)) };
      const made = { campaignId, createdAt: at, settings };
      const written = await explainClash(() => createCampaign(me.database.query, me.organizationId, made));
      if (!written.ok) throw refusedSettings(written, me);
      await recordChanges(me.database.query, authorOf(me, ports), {
        organizationId: me.organizationId,
        campaignId,
        version: 0,
        changes: [{ field: 'state', before: null, after: 'draft' }],
      });
      for (const listId of listIds) {
        const key = { organizationId: me.organizationId, campaignId };
        const attached = { attachment: { listId, priority: 0, at }, author: authorOf(me, ports) };
        if (!(await beginAttachment(me.database, key, attached)).ok) throw notFound('list');
      }
      ports.campaignJobs.wake();
      return reply.code(201).send(await showCampaign(me, campaignId, ports));
    },
  );

  app.patch(
    '/api/campaigns/:campaignId',
    {
      config: { roles: MANAGERS },
      schema: {
        tags,
        summary: 'Change settings; they apply to the next calls',
        params,
        body: campaignChangeSchema,
        response: { 200: campaignSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const key = { organizationId: me.organizationId, ...request.params };
      const { version, ...change } = request.body;
      const wanted = { change: sent(change), version, author: authorOf(me, ports) };
      const written = await explainClash(() => changeCampaign(me.database, key, wanted));
      if (!written.ok) throw refusedChange(written, me);
      ports.campaignJobs.wake();
      return showCampaign(me, key.campaignId, ports);
    },
  );
}

function figureRoutes(app: App, ports: RoutePorts): void {
  app.get(
    '/api/campaigns/:campaignId/numbers',
    {
      config: { roles: WATCHERS },
      schema: {
        tags,
        summary: 'Where its leads stand now',
        params,
        response: { 200: campaignNumbersSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const campaign = await storedCampaign(me, request.params.campaignId);
      const key = { organizationId: me.organizationId, campaignId: campaign.campaignId };
      const numbers = await readCampaignNumbers(me.database.query, key, ports.clock.now());
      return { ...numbers, refused: [...numbers.refused] };
    },
  );

  app.get(
    '/api/campaigns/:campaignId/today',
    {
      config: { roles: WATCHERS },
      schema: { tags, summary: 'Its local day so far', params, response: { 200: campaignTodaySchema } },
    },
    async (request) => {
      const me = whoAsks(request);
      const campaign = await storedCampaign(me, request.params.campaignId);
      const key = { ...campaign, organizationId: me.organizationId };
      const today = await readCampaignToday(me.database.query, key, ports.clock.now());
      return { ...today, endings: [...today.endings], dispositions: [...today.dispositions] };
    },
  );
}

function stateRoutes(app: App, ports: RoutePorts): void {
  const verbs = [
    ['start', 'running', 'Start or go on; says what must be put right before'],
    ['pause', 'paused', 'Place no more calls; those in flight go on'],
    ['finish', 'finished', 'End for good; those in flight go on'],
  ] as const;
  for (const [verb, state, summary] of verbs) {
    app.post(
      `/api/campaigns/:campaignId/${verb}`,
      { config: { roles: MANAGERS }, schema: { tags, summary, params, response: { 200: campaignSchema } } },
      async (request) => {
        const me = whoAsks(request);
        const key = { organizationId: me.organizationId, ...request.params };
        const author = authorOf(me, ports);
        const change = await setCampaignState(me.database.query, key, { state, at: author.at, author });
        if (change.ok) return showCampaign(me, key.campaignId, ports);
        if ('startProblems' in change) {
          const sentences = change.startProblems.map(
            (problem) => START_PROBLEM_SENTENCES[me.locale][problem],
          );
          throw conflict('cannot-start', sentences.join(' '));
        }
        const { state: now } = await storedCampaign(me, key.campaignId);
        throw conflict('not-from-this-state', `A campaign that is ${now} cannot become ${state}.`);
      },
    );
  }
}

function attachmentRoutes(app: App, ports: RoutePorts): void {
  app.put(
    '/api/campaigns/:campaignId/lists/:listId',
    {
      config: { roles: MANAGERS },
      schema: {
        tags,
        summary:
          'Give the campaign the leads of a list, or change their priority; leads of a long list come in by a job, see jobs',
        params: listParams,
        body: listAttachmentSchema,
        response: { 200: campaignSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { campaignId, listId } = request.params;
      const key = { organizationId: me.organizationId, campaignId };
      const attachment = { listId, priority: request.body.priority, at: ports.clock.now() };
      const before = await storedCampaign(me, campaignId);
      const { ok } = await beginAttachment(me.database, key, { attachment, author: authorOf(me, ports) });
      if (!ok) throw notFound('campaign or list');
      ports.campaignJobs.wake();
      const after = await storedCampaign(me, campaignId);
      const added = after.lists.find((list) => list.listId === listId);
      if (added && !before.lists.some((list) => list.listId === listId))
        await recordList(me, ports, { campaign: after, field: 'list-added', name: added.name });
      return shownCampaign(after, me, ports.clock.now());
    },
  );

  app.delete(
    '/api/campaigns/:campaignId/lists/:listId',
    {
      config: { roles: MANAGERS },
      schema: {
        tags,
        summary: 'Take a list away; its leads that wait are not called any more',
        params: listParams,
        response: { 200: campaignSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { campaignId, listId } = request.params;
      const key = { organizationId: me.organizationId, campaignId };
      const before = await storedCampaign(me, campaignId);
      if (!(await detachList(me.database, key, { listId }))) {
        throw notFound('list in this campaign');
      }
      const name = before.lists.find((list) => list.listId === listId)?.name ?? '';
      await recordList(me, ports, { campaign: before, field: 'list-removed', name });
      return showCampaign(me, campaignId, ports);
    },
  );
}

/** Lists come and go batch by batch, outside of one transaction: their line follows. */
async function recordList(
  me: SignedIn,
  ports: RoutePorts,
  {
    campaign,
    field,
    name,
  }: { readonly campaign: StoredCampaign; readonly field: string; readonly name: string },
): Promise<void> {
  const isAdded = field === 'list-added';
  await recordChanges(me.database.query, authorOf(me, ports), {
    organizationId: me.organizationId,
    campaignId: campaign.campaignId,
    version: campaign.version,
    changes: [{ field, before: isAdded ? null : name, after: isAdded ? name : null }],
  });
}

type Given = Pick<z.output<typeof newCampaignSchema>, 'poolId' | 'timeZone' | 'trunkId'>;

async function withDefaults(me: SignedIn, given: Given) {
  const chosen = await chooseSurroundings(me.database.query, given);
  if (chosen === null) throw wrongInput('poolId', 'There is no pool of agents yet: add one first.');
  return chosen;
}
