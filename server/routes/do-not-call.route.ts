import { liftDoNotCall } from '../../campaigns/do-not-call-removal.store.ts';
import { addDoNotCall, listDoNotCall } from '../../compliance/do-not-call.store.ts';
import { PHONE_PROBLEM_SENTENCES } from '../../compliance/phone-problem-sentence.ts';
import { readPhone } from '../../compliance/read-phone.ts';
import type { CampaignId } from '../../kernel/ids.ts';
import type { PhoneNumber } from '../../kernel/phone.ts';
import {
  doNotCallEntrySchema,
  doNotCallInputSchema,
  doNotCallListSchema,
  doNotCallQuerySchema,
  doNotCallRemovalSchema,
} from '../api/do-not-call.schema.ts';
import { doneSchema } from '../api/scalar.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import { phoneFor, type SignedIn } from '../auth/signed-in.ts';
import { loadOrganizationAndSeat } from '../auth/user.store.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { notFound, wrongInput } from '../http-problem.ts';
import { campaignExists } from '../pool.store.ts';

const tags = ['do not call'];

export function doNotCallRoutes(app: App, ports: RoutePorts): void {
  app.get(
    '/api/do-not-call',
    {
      config: { roles: ['admin', 'manager', 'officer', 'auditor'] },
      schema: {
        tags,
        summary: 'The list, or what it says of one number',
        querystring: doNotCallQuerySchema,
        response: { 200: doNotCallListSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { phone, limit } = request.query;
      const after = await ports.cursors.open(me, request.query.after);
      const wanted = phone === undefined ? undefined : await typedPhone(me, phone);
      const page = await listDoNotCall(me.database.query, me.organizationId, { phone: wanted, after, limit });
      const entries = page.entries.map((entry) => ({ ...entry, phone: phoneFor(me.role, entry.phone) }));
      return { entries, next: await ports.cursors.seal(me, page.next) };
    },
  );

  app.post(
    '/api/do-not-call',
    {
      config: { roles: ['admin', 'manager', 'supervisor', 'officer'] },
      schema: {
        tags,
        summary: 'Add a number; in force when it answers, also for calls that ring',
        body: doNotCallInputSchema,
        response: { 201: doNotCallEntrySchema },
      },
    },
    async (request, reply) => {
      const me = whoAsks(request);
      const { campaignId } = request.body;
      const phone = await typedPhone(me, request.body.phone);
      await checkCampaign(me, campaignId);
      const entry = { phone, campaignId, source: me.role, addedBy: me.userId, addedAt: ports.clock.now() };
      await addDoNotCall(me.database.query, me.organizationId, [entry]);
      const page = await listDoNotCall(me.database.query, me.organizationId, { phone, limit: 100 });
      const stored = page.entries.find((row) => row.campaignId === campaignId);
      if (!stored) throw notFound('entry any more: somebody removed it at the same moment');
      return reply.code(201).send({ ...stored, phone: phoneFor(me.role, stored.phone) });
    },
  );

  app.post(
    '/api/do-not-call/removals',
    {
      config: { roles: ['admin', 'officer'] },
      schema: {
        tags,
        summary: 'Remove a number: from now on it may be called',
        body: doNotCallRemovalSchema,
        response: { 200: doneSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const phone = await typedPhone(me, request.body.phone);
      const removal = { phone, campaignId: request.body.campaignId, at: ports.clock.now() };
      if (!(await liftDoNotCall(me.database, me.organizationId, removal)))
        throw notFound('entry in the list');
      return { ok: true as const };
    },
  );
}

/** A number as a person typed it, read with the country of his organization. */
async function typedPhone({ database, userId, locale }: SignedIn, text: string): Promise<PhoneNumber> {
  const { country } = await loadOrganizationAndSeat(database, userId);
  const read = readPhone(text, country);
  if (read.ok) return read.phone;
  throw wrongInput('phone', `${text}: ${PHONE_PROBLEM_SENTENCES[locale][read.problem]}.`);
}

async function checkCampaign({ database }: SignedIn, campaignId: CampaignId | null): Promise<void> {
  if (campaignId !== null && !(await campaignExists(database, campaignId))) {
    throw wrongInput('campaignId', 'There is no such campaign.');
  }
}
