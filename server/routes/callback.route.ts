import { z } from 'zod';
import {
  agentOfCampaign,
  callbackOwners,
  countCallbacks,
  listCallbacks,
  lockCallback,
  putCallback,
  type Callback as StoredCallback,
  type CallbackPage,
} from '../../campaigns/callback.store.ts';
import { addLeadNote } from '../../campaigns/lead-note.store.ts';
import type { CampaignId, LeadId, LeadNoteId } from '../../kernel/ids.ts';
import type { EpochMs } from '../../kernel/time.ts';
import {
  callbackChangeSchema,
  callbacksQuerySchema,
  callbacksSchema,
  type Callback,
} from '../api/callback.schema.ts';
import { doneSchema, idOf } from '../api/scalar.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import { phoneFor, type SignedIn } from '../auth/signed-in.ts';
import { CALLBACK_SENTENCES, callbackChangeNote, callbackTimeProblem } from '../callback-sentence.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { conflict, wrongInput } from '../http-problem.ts';
import { WATCH_AGENTS } from './supervisor.route.ts';

const tags = ['callbacks'];
const params = z.object({ campaignId: idOf<CampaignId>(), leadId: idOf<LeadId>() });
/** "More than a thousand" is all that anybody wants to know. */
const COUNT_MAX = 1001;

export function callbackRoutes(app: App, ports: RoutePorts): void {
  app.get(
    '/api/callbacks',
    {
      config: { roles: WATCH_AGENTS },
      schema: {
        tags,
        summary: 'Callbacks that were agreed and not dialled yet, the earliest first',
        querystring: callbacksQuerySchema,
        response: { 200: callbacksSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { owner, overdue, after, limit } = request.query;
      const now = ports.clock.now();
      const filter = { owner, dueBefore: overdue === 'yes' ? now : null };
      const from = readCursor(await ports.cursors.open(me, after));
      const [rows, count, owners] = await Promise.all([
        listCallbacks(me.database, { filter, after: from, limit: limit + 1 }),
        countCallbacks(me.database, { now, max: COUNT_MAX }),
        callbackOwners(me.database),
      ]);
      const page = rows.slice(0, limit);
      const last = rows.length > limit ? page.at(-1) : undefined;
      const next = last ? cursorOf(last) : null;
      return {
        callbacks: page.map((row) => shown(row, me)),
        next: await ports.cursors.seal(me, next),
        count,
        owners: owners.map((one) => ({ ...one, campaignIds: [...one.campaignIds] })),
      };
    },
  );

  changeRoute(app, ports);
}

function changeRoute(app: App, ports: RoutePorts): void {
  app.patch(
    '/api/callbacks/:campaignId/:leadId',
    {
      config: { roles: WATCH_AGENTS },
      schema: {
        tags,
        summary: 'Give a callback another time or another owner; it stands in the notes of the lead',
        params,
        body: callbackChangeSchema,
        response: { 200: doneSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { organizationId, locale, userId } = me;
      const key = request.params;
      const { shownDueAt, dueAt, agentId } = request.body;
      const now = ports.clock.now();
      await me.database.tx(async (query) => {
        const known = await lockCallback(query, key);
        if (!known || known.dueAt !== shownDueAt)
          throw conflict('callback-gone', CALLBACK_SENTENCES.gone[locale]);
        const { zoneKey } = known;
        const problem = dueAt === known.dueAt ? null : callbackTimeProblem({ dueAt, zoneKey }, now, locale);
        if (problem !== null) throw wrongInput('dueAt', problem);
        const owner = agentId === null ? null : await agentOfCampaign(query, { ...key, agentId });
        if (agentId !== null && !owner) throw wrongInput('agentId', CALLBACK_SENTENCES.notThere[locale]);
        await putCallback(query, { ...key, dueAt, agentId });
        const text = callbackChangeNote({ dueAt, owner: owner?.name ?? null, zoneKey }, locale);
        const noteId = ports.newId<LeadNoteId>(now);
        await addLeadNote(
          query,
          { organizationId, leadId: key.leadId },
          { noteId, at: now, text, writtenBy: userId },
        );
      });
      return { ok: true as const };
    },
  );
}

/** As short as it can be: a sealed cursor travels in the address. */
const cursorOf = ({ dueAt, campaignId, leadId }: StoredCallback): string =>
  `${String(dueAt)} ${campaignId} ${leadId}`;

function readCursor(cursor: string | undefined): CallbackPage['after'] {
  if (cursor === undefined) return null;
  const [dueAt = '0', campaignId = '', leadId = ''] = cursor.split(' ');
  return { dueAt: Number(dueAt) as EpochMs, campaignId: campaignId as CampaignId, leadId: leadId as LeadId };
}

function shown({ zoneKey, phone, ...row }: StoredCallback, { role }: SignedIn): Callback {
  return { ...row, phone: phoneFor(role, phone), zones: zoneKey === '' ? [] : zoneKey.split('|') };
}
