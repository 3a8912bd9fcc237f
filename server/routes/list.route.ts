import { z } from 'zod';
import { readCampaign } from '../../campaigns/campaign.store.ts';
import {
  changeCampaignList,
  readCampaignLists,
  readListStandings,
} from '../../campaigns/list-figures.store.ts';
import {
  changeLeadList,
  createLeadList,
  listLeadLists,
  readLeadList,
} from '../../campaigns/lead-list.store.ts';
import { countListReset, resetList } from '../../campaigns/list-reset.store.ts';
import type { CampaignId, ListId } from '../../kernel/ids.ts';
import {
  campaignListChangeSchema,
  campaignListsSchema,
  listChangeSchema,
  listResetCountSchema,
  listResetDoneSchema,
  listResetSchema,
  listResetStepSchema,
  listSchema,
  listStandingsSchema,
  listsSchema,
  newListSchema,
  type CampaignLists,
  type List,
} from '../api/list.schema.ts';
import { idOf } from '../api/scalar.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import type { SignedIn } from '../auth/signed-in.ts';
import { loadOrganizationAndSeat } from '../auth/user.store.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { sent } from '../http-change.ts';
import { violatedUnique } from '../http-error.ts';
import { conflict, notFound } from '../http-problem.ts';
import { MANAGERS, WATCHERS } from './campaign.route.ts';

const tags = ['lists and imports'];
const params = z.object({ listId: idOf<ListId>() });
const campaignParams = z.object({ campaignId: idOf<CampaignId>() });
/** Whoever may ask where leads come from. */
export const LIST_READERS = ['admin', 'manager', 'officer', 'auditor'] as const;
/** A step of a reset ends soon enough for every browser and proxy. */
const RESET_STEP_MS = 5_000;

export function listRoutes(app: App, ports: RoutePorts): void {
  app.get(
    '/api/lists',
    {
      config: { roles: LIST_READERS },
      schema: { tags, summary: 'All lists, the newest first', response: { 200: listsSchema } },
    },
    async (request) => {
      const me = whoAsks(request);
      const lists = await listLeadLists(me.database.query, me.organizationId);
      return { lists: lists.map((list) => ({ ...list, campaigns: [...list.campaigns] })) };
    },
  );

  app.get(
    '/api/lists/:listId',
    {
      config: { roles: LIST_READERS },
      schema: { tags, summary: 'One list', params, response: { 200: listSchema } },
    },
    async (request) => one(whoAsks(request), request.params.listId),
  );

  app.post(
    '/api/lists',
    {
      config: { roles: MANAGERS },
      schema: { tags, summary: 'Add an empty list', body: newListSchema, response: { 201: listSchema } },
    },
    async (request, reply) => {
      const me = whoAsks(request);
      const createdAt = ports.clock.now();
      const listId = ports.newId<ListId>(createdAt);
      const country = request.body.country ?? (await loadOrganizationAndSeat(me.database, me.userId)).country;
      const list = { listId, name: request.body.name, country, createdAt };
      if (!(await createLeadList(me.database.query, me.organizationId, list))) throw nameTaken();
      return reply.code(201).send(await one(me, listId));
    },
  );

  app.patch(
    '/api/lists/:listId',
    {
      config: { roles: MANAGERS },
      schema: {
        tags,
        summary: 'Rename, pause, go on, set its last day; holds from the next call on',
        params,
        body: listChangeSchema,
        response: { 200: listSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { listId } = request.params;
      const change = { change: sent(request.body), at: ports.clock.now() };
      try {
        const isThere = await changeLeadList(
          me.database.query,
          { organizationId: me.organizationId, listId },
          change,
        );
        if (!isThere) throw notFound('list');
      } catch (error) {
        throw violatedUnique(error) === null ? error : nameTaken();
      }
      return one(me, listId);
    },
  );

  resetRoutes(app, ports);
  standingRoutes(app, ports);
}

function resetRoutes(app: App, ports: RoutePorts): void {
  app.post(
    '/api/lists/:listId/reset/count',
    {
      config: { roles: MANAGERS },
      schema: {
        tags,
        summary: 'How many leads a reset would make due again; changes nothing',
        params,
        body: listResetSchema,
        response: { 200: listResetCountSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { listId } = await one(me, request.params.listId);
      const reset = { organizationId: me.organizationId, listId, ...request.body };
      return { leads: await countListReset(me.database.query, reset, ports.clock.now()) };
    },
  );

  app.post(
    '/api/lists/:listId/reset',
    {
      config: { roles: MANAGERS },
      schema: {
        tags,
        summary:
          'Make finished and waiting leads due again, for some seconds; ask again from `next` until it is null',
        params,
        body: listResetStepSchema,
        response: { 200: listResetDoneSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { listId } = await one(me, request.params.listId);
      const { from, ...wanted } = request.body;
      const now = ports.clock.now();
      const isEnough = (): boolean => ports.clock.now() - now > RESET_STEP_MS;
      const reset = { organizationId: me.organizationId, listId, ...wanted };
      return resetList(me.database.query, reset, { from, now, isEnough });
    },
  );
}

function standingRoutes(app: App, ports: RoutePorts): void {
  app.get(
    '/api/lists/:listId/standing',
    {
      config: { roles: LIST_READERS },
      schema: {
        tags,
        summary: 'Where its leads stand in each campaign; figures of a big list are some seconds old',
        params,
        response: { 200: listStandingsSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { listId } = await one(me, request.params.listId);
      const key = { organizationId: me.organizationId, listId };
      const { value, countedAt } = await readListStandings(me.database.query, key, ports.clock.now());
      return { campaigns: [...value], countedAt };
    },
  );

  app.get(
    '/api/campaigns/:campaignId/lists',
    {
      config: { roles: WATCHERS },
      schema: {
        tags,
        summary: 'Lists of a campaign in the order in which they are called, and which of them are held',
        params: campaignParams,
        response: { 200: campaignListsSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      return { lists: await listsOf(me, request.params.campaignId, ports) };
    },
  );

  app.patch(
    '/api/campaigns/:campaignId/lists/:listId',
    {
      config: { roles: MANAGERS },
      schema: {
        tags,
        summary: 'Priority and proportion of a list in a campaign; holds from the next call on',
        params: campaignParams.extend({ listId: idOf<ListId>() }),
        body: campaignListChangeSchema,
        response: { 200: campaignListsSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const key = { organizationId: me.organizationId, ...request.params };
      const isThere = await changeCampaignList(me.database.query, key, request.body);
      if (!isThere) throw notFound('list in this campaign');
      return { lists: await listsOf(me, request.params.campaignId, ports) };
    },
  );
}

async function listsOf(
  me: SignedIn,
  campaignId: CampaignId,
  { clock }: RoutePorts,
): Promise<CampaignLists['lists']> {
  const { query } = me.database;
  const lists = await readCampaignLists(
    query,
    { organizationId: me.organizationId, campaignId },
    clock.now(),
  );
  if (lists.length === 0 && !(await readCampaign(query, me.organizationId, campaignId)))
    throw notFound('campaign');
  return [...lists];
}

const nameTaken = (): Error =>
  conflict('name-taken', 'There is a list of this name already; choose another one.');

async function one(me: SignedIn, listId: ListId): Promise<List> {
  const list = await readLeadList(me.database.query, me.organizationId, listId);
  if (!list) throw notFound('list');
  return { ...list, campaigns: [...list.campaigns] };
}
