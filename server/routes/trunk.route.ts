import { z } from 'zod';
import type { TrunkId } from '../../kernel/ids.ts';
import { recordAdminChange } from '../admin-record.ts';
import {
  newTrunkSchema,
  trunkChangeSchema,
  trunkSchema,
  trunksSchema,
  trunkTestInputSchema,
  trunkTestSchema,
  type Trunk,
} from '../api/pool.schema.ts';
import { idOf } from '../api/scalar.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import { loadOrganizationAndSeat } from '../auth/user.store.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { sent } from '../http-change.ts';
import { violatedUnique } from '../http-error.ts';
import { conflict, notFound, wrongInput } from '../http-problem.ts';
import { listTrunks, putTrunk } from '../pool.store.ts';
import { testTrunk } from '../trunk-test.ts';

const tags = ['pools and trunks'];
const trunkParams = z.object({ trunkId: idOf<TrunkId>() });

export function trunkRoutes(app: App, ports: RoutePorts): void {
  app.get(
    '/api/trunks',
    {
      config: { roles: ['admin', 'manager'] },
      schema: { tags, summary: 'All trunks', response: { 200: trunksSchema } },
    },
    async (request) => ({ trunks: [...(await listTrunks(whoAsks(request).database))] }),
  );

  app.post(
    '/api/trunks',
    {
      config: { roles: ['admin'] },
      schema: { tags, summary: 'Add a trunk', body: newTrunkSchema, response: { 201: trunkSchema } },
    },
    async (request, reply) => {
      const me = whoAsks(request);
      const { database, organizationId } = me;
      const trunk = { trunkId: ports.newId<TrunkId>(ports.clock.now()), ...request.body };
      await explainClash(() =>
        database.tx(async (query) => {
          await putTrunk({ query }, { organizationId, trunk });
          await recordAdminChange(
            ports,
            { me, query },
            { what: 'trunk.added', subject: trunk.name, after: factsOf(trunk) },
          );
        }),
      );
      return reply.code(201).send(trunk);
    },
  );

  changeRoute(app, ports);

  app.post(
    '/api/trunks/test',
    {
      config: { roles: ['admin'] },
      schema: {
        tags,
        summary: 'What would be dialled for a number by these settings; no call is made',
        body: trunkTestInputSchema,
        response: { 200: trunkTestSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { country } = await loadOrganizationAndSeat(me.database, me.userId);
      const result = testTrunk(request.body, country);
      if (!result)
        throw wrongInput('number', 'This is no phone number; write it with plus sign and country.');
      return result;
    },
  );
}

function changeRoute(app: App, ports: RoutePorts): void {
  app.patch(
    '/api/trunks/:trunkId',
    {
      config: { roles: ['admin'] },
      schema: {
        tags,
        summary: 'Change a trunk',
        params: trunkParams,
        body: trunkChangeSchema,
        response: { 200: trunkSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { database, organizationId } = me;
      return explainClash(() =>
        database.tx(async (query) => {
          const [known] = await listTrunks({ query }, request.params.trunkId);
          if (!known) throw notFound('trunk');
          const trunk = { ...known, ...sent(request.body) };
          await putTrunk({ query }, { organizationId, trunk });
          await recordAdminChange(
            ports,
            { me, query },
            {
              what: 'trunk.changed',
              subject: trunk.name,
              before: factsOf(known),
              after: factsOf(trunk),
            },
          );
          return trunk;
        }),
      );
    },
  );
}

const factsOf = ({ trunkId: _trunkId, ...facts }: Trunk) => facts;

async function explainClash<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (violatedUnique(error) === null) throw error;
    throw conflict('name-taken', 'There is a trunk of this name already; choose another one.');
  }
}
