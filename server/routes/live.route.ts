import { z } from 'zod';
import type { PoolId } from '../../kernel/ids.ts';
import { SOCKET_CLOSE } from '../api/live-message.ts';
import { idOf } from '../api/scalar.schema.ts';
import { whoAsks } from '../auth/guard.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { readerOf } from '../live-feed.ts';
import { keepAlive } from '../live-socket.ts';
import { poolExists } from '../pool.store.ts';

const query = z.object({ pool: idOf<PoolId>() });

export function liveRoutes(app: App, ports: RoutePorts): void {
  const { clock, feeds, settings, sockets } = ports;

  app.get(
    '/api/live',
    {
      websocket: true,
      config: { roles: ['admin', 'manager', 'supervisor', 'officer', 'auditor'] },
      schema: { querystring: query },
    },
    async (socket, request) => {
      const me = whoAsks(request);
      const { pool: poolId } = query.parse(request.query);
      sockets.add(socket, me);
      keepAlive(socket, { pingMs: settings.live.pingMs, monotonic: () => clock.monotonic() });
      if (!(await poolExists(me.database, poolId))) {
        socket.close(SOCKET_CLOSE.notFound, 'There is no such pool.');
        return;
      }
      if (socket.readyState !== socket.OPEN) return;
      const detach = feeds.attach(
        { organizationId: me.organizationId, poolId, by: 'screens' },
        readerOf(socket),
      );
      socket.once('close', detach);
    },
  );
}
