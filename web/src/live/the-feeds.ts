import { api } from '../api/api-client.ts';
import { session } from '../session/the-session.ts';
import { serverClock } from '../ui/server-clock.svelte.ts';
import { Feeds } from './feeds.ts';
import { browserPorts } from './browser-ports.ts';

/** The live feeds of this page. */
export const feeds = new Feeds({
  clock: serverClock,
  portsFor: (poolId) => browserPorts(api, `/api/live?pool=${encodeURIComponent(poolId)}`),
  whenSignedOut: () => session.end(),
});
