import type { ApiClient } from '../api/api-client.ts';
import type { ConnectionPorts } from './live-connection.svelte.ts';

/** The browser's own socket and clock for a live connection to `path`. */
export function browserPorts(api: ApiClient, path: string): ConnectionPorts {
  return {
    connect: () => {
      const url = new URL(path, window.location.href);
      url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
      return new WebSocket(url, ['ringline', `csrf.${api.csrfToken ?? ''}`]);
    },
    probe: async (signal) => {
      await api.get('/api/session', { signal });
    },
    monotonic: () => performance.now(),
    random: () => Math.random(),
  };
}
