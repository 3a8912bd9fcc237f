import type { LeadNoteId } from '../../../kernel/ids.ts';
import { deskMessages } from '../agents/the-desk-messages.ts';
import { api } from '../api/api-client.ts';
import { browserPorts } from '../live/browser-ports.ts';
import { session } from '../session/the-session.ts';
import { serverClock } from '../ui/server-clock.svelte.ts';
import { AgentDesk } from './agent-desk.svelte.ts';
import { forgetOldDrafts } from './call-draft.svelte.ts';
import { Commands } from './commands.svelte.ts';
import { DeskFeed } from './desk-feed.svelte.ts';
import { newCommandId } from './new-command-id.ts';
import { screenId } from './screen-id.ts';

/** The desk of whoever is signed in, wired to the server. */
export function openDesk(): AgentDesk {
  forgetOldDrafts(localStorage, Date.now());
  const feed = new DeskFeed({
    ports: browserPorts(api, `/api/agent/live?screen=${screenId(sessionStorage)}`),
    clock: serverClock,
    whenSignedOut: () => session.end(),
    whenMessagesCome: (messages) => deskMessages.take(messages),
  });
  return new AgentDesk({
    feed,
    commands: new Commands({
      send: (command) => api.send('POST', '/api/agent/commands', command),
      newId: newCommandId,
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    }),
    saver: {
      send: (callId, disposition) => api.send('POST', `/api/calls/${callId}/disposition`, disposition),
    },
    notes: {
      send: ({ leadId, noteId, text }) => api.send('POST', `/api/leads/${leadId}/notes`, { noteId, text }),
      newId: () => newCommandId() as string as LeadNoteId,
    },
    newId: newCommandId,
    clock: serverClock,
    storage: localStorage,
  });
}
