import type { FastifyInstance } from 'fastify';
import { Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { PoolView } from '../dialer/live-view.ts';
import type { LiveFeeds } from './live-feed.ts';
import type { PoolDirectory } from './pool-directory.ts';

/** What /metrics shows: the process, HTTP, and the pools that this process owns. A registry of its own for each server. */
export function createMetrics(
  app: FastifyInstance,
  { pools, feeds }: { pools: PoolDirectory; feeds: LiveFeeds },
): Registry {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const requests = new Histogram({
    name: 'ringline_http_request_seconds',
    help: 'Time to answer a request, by route',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [register],
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    requests.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  poolGauges(register, pools);
  new Gauge({
    name: 'ringline_live_readers',
    help: 'Sockets that watch a pool',
    registers: [register],
    collect() {
      this.set(feeds.readerCount());
    },
  });
  return register;
}

type Count = (view: PoolView) => Iterable<readonly [label: string, count: number]>;

function poolGauges(register: Registry, pools: PoolDirectory): void {
  const gauge = (name: string, help: string, { label, count }: { label: string; count: Count }): void => {
    new Gauge({
      name,
      help,
      labelNames: ['pool', label],
      registers: [register],
      collect() {
        this.reset();
        for (const { owner } of pools.local()) {
          for (const [value, n] of count(owner.view())) this.set({ pool: owner.poolId, [label]: value }, n);
        }
      },
    });
  };
  gauge('ringline_agents', 'Agents by state', {
    label: 'state',
    count: (view) => tally(view.agents.map(({ state }) => state)),
  });
  gauge('ringline_calls', 'Calls in progress by state', {
    label: 'state',
    count: (view) => tally(view.calls.map(({ state }) => state)),
  });
  gauge('ringline_pool_up', 'Whether the pool may dial (1) and what its owner reaches', {
    label: 'what',
    count: ({ health }) => [
      ['switch', Number(health.switch === 'up')],
      ['database', Number(health.database === 'up')],
      ['dialling', Number(health.notDialling === null)],
    ],
  });
  new Gauge({
    name: 'ringline_misfits',
    help: 'Facts of the switch that did not fit, by kind, since the pool was taken',
    labelNames: ['pool', 'kind'],
    registers: [register],
    collect() {
      this.reset();
      for (const { owner } of pools.local())
        for (const [kind, n] of owner.misfits?.() ?? []) this.set({ pool: owner.poolId, kind }, n);
    },
  });
  for (const figure of ['attempts', 'humanAnswers', 'abandoned', 'connected', 'refused'] as const) {
    const name = `ringline_campaign_today_${figure.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
    gauge(name, `Today, by campaign: ${figure}`, {
      label: 'campaign',
      count: (view) => view.campaigns.map(({ campaignId, today }) => [campaignId, today[figure]] as const),
    });
  }
}

function tally(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
