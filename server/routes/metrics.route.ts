import type { Registry } from 'prom-client';
import type { App } from '../http-app.ts';

export function metricsRoutes(app: App, register: Registry): void {
  app.get('/metrics', { config: { roles: 'metrics' }, schema: { hide: true } }, async (_request, reply) =>
    reply.type(register.contentType).send(await register.metrics()),
  );
}
