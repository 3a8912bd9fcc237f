import { z } from 'zod';
import { notDiallingSentence } from '../../dialer/not-dialling-sentence.ts';
import type { App, RoutePorts } from '../http-app.ts';

const healthSchema = z.object({ ok: z.boolean(), reasons: z.array(z.string()) });
/** A load balancer asks again in seconds: a slow answer is no answer. */
const DATABASE_ANSWER_MS = 2000;

export function healthRoutes(app: App, ports: RoutePorts): void {
  app.get(
    '/livez',
    {
      config: { roles: 'public' },
      schema: { tags: ['health'], summary: '200 while the process runs', response: { 200: healthSchema } },
    },
    async () => ({ ok: true, reasons: [] }),
  );

  app.get(
    '/healthz',
    {
      config: { roles: 'public' },
      schema: {
        tags: ['health'],
        summary:
          '200 when the database answers and every owned pool can place calls, else 503 with the reasons',
        response: { 200: healthSchema, 503: healthSchema },
      },
    },
    async (_request, reply) => {
      const reasons = [...(await databaseReasons(ports)), ...poolReasons(ports)];
      return reply.code(reasons.length === 0 ? 200 : 503).send({ ok: reasons.length === 0, reasons });
    },
  );
}

async function databaseReasons({ database, log }: RoutePorts): Promise<string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), DATABASE_ANSWER_MS);
  });
  try {
    await Promise.race([database.system`select 1 as one`, late]);
    return [];
  } catch (error) {
    log.warn({ err: error }, 'database does not answer');
    return ['The database does not answer.'];
  } finally {
    clearTimeout(timer);
  }
}

function poolReasons({ pools }: RoutePorts): string[] {
  return pools.local().flatMap(({ owner }) => {
    const { health } = owner.view();
    if (health.switch === 'down') return [`Pool ${owner.poolId}: the switch does not answer.`];
    if (health.database === 'down') return [`Pool ${owner.poolId}: its owner does not reach the database.`];
    if (health.notDialling === null) return [];
    return [`Pool ${owner.poolId}: ${notDiallingSentence(health.notDialling, 'en')}`];
  });
}
