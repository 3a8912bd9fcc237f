import { z } from 'zod';
import { notDiallingSentence } from '../../dialer/not-dialling-sentence.ts';
import type { PoolId } from '../../kernel/ids.ts';
import { recordAdminChange } from '../admin-record.ts';
import { poolInputSchema, poolSchema, poolsSchema, type Pool } from '../api/pool.schema.ts';
import { idOf, type Locale } from '../api/scalar.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import type { SignedIn } from '../auth/signed-in.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { violatedUnique } from '../http-error.ts';
import { conflict, notFound } from '../http-problem.ts';
import { insertPool, listPools, renamePool } from '../pool.store.ts';

const tags = ['pools and trunks'];
const poolParams = z.object({ poolId: idOf<PoolId>() });

export function poolRoutes(app: App, ports: RoutePorts): void {
  app.get(
    '/api/pools',
    {
      config: { roles: ['admin', 'manager', 'supervisor', 'officer', 'auditor'] },
      schema: { tags, summary: 'All pools and whether they can dial', response: { 200: poolsSchema } },
    },
    async (request) => ({ pools: await poolsOf(ports, whoAsks(request)) }),
  );

  app.post(
    '/api/pools',
    {
      config: { roles: ['admin'] },
      schema: { tags, summary: 'Add a pool', body: poolInputSchema, response: { 201: poolSchema } },
    },
    async (request, reply) => {
      const me = whoAsks(request);
      const poolId = ports.newId<PoolId>(ports.clock.now());
      const { name } = request.body;
      await explainClash(() =>
        me.database.tx(async (query) => {
          await insertPool({ query }, { organizationId: me.organizationId, poolId, name });
          await recordAdminChange(ports, { me, query }, { what: 'pool.added', subject: name });
        }),
      );
      return reply.code(201).send(await onePool(ports, me, poolId));
    },
  );

  app.patch(
    '/api/pools/:poolId',
    {
      config: { roles: ['admin'] },
      schema: {
        tags,
        summary: 'Rename a pool',
        params: poolParams,
        body: poolInputSchema,
        response: { 200: poolSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { poolId } = request.params;
      const { name } = request.body;
      const before = await onePool(ports, me, poolId);
      await explainClash(() =>
        me.database.tx(async (query) => {
          await renamePool({ query }, { poolId, name });
          await recordAdminChange(
            ports,
            { me, query },
            { what: 'pool.changed', subject: name, before: { name: before.name }, after: { name } },
          );
        }),
      );
      return onePool(ports, me, poolId);
    },
  );
}

const NOBODY_RUNS_IT: Readonly<Record<Locale, string>> = {
  en: 'No dialer runs this pool at the moment.',
  'zh-CN': '目前没有拨号程序运行该坐席池。',
};

async function poolsOf({ pools }: RoutePorts, me: SignedIn): Promise<Pool[]> {
  const { database, organizationId, locale } = me;
  const rows = await listPools(database);
  return Promise.all(
    rows.map(async (row) => {
      const connection = await pools.connect(organizationId, row.poolId);
      const why = connection?.owner.view().health.notDialling;
      const notDialling = connection ? why && notDiallingSentence(why, locale) : NOBODY_RUNS_IT[locale];
      return { ...row, health: { isOwned: connection !== null, notDialling: notDialling ?? null } };
    }),
  );
}

async function onePool(ports: RoutePorts, me: SignedIn, poolId: PoolId): Promise<Pool> {
  const pool = (await poolsOf(ports, me)).find((row) => row.poolId === poolId);
  if (!pool) throw notFound('pool');
  return pool;
}

async function explainClash<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (violatedUnique(error) === null) throw error;
    throw conflict('name-taken', 'There is a pool of this name already; choose another one.');
  }
}
