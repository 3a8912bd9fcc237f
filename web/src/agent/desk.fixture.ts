import type { AgentDesk as DeskView, DeskCommand, Disposition } from '../../../server/api.ts';
import { nothingToday } from '../../../server/api/desk-today.schema.ts';
import { fakeServer, type FakeServer } from '../live/fake-socket.fixture.ts';
import { ServerClock } from '../ui/server-clock.svelte.ts';
import { AgentDesk, type AgentDeskWiring } from './agent-desk.svelte.ts';
import { Commands } from './commands.svelte.ts';
import { DeskFeed, type WrittenMessages } from './desk-feed.svelte.ts';
import { newCommandId } from './new-command-id.ts';

export const NOW = Date.parse('2026-12-03T15:00Z');

export const disposition = (
  code: string,
  hotKey: string | null,
  outcome: Disposition['outcome'] = 'finished',
): Disposition => ({
  code,
  label: `Label of ${code}`,
  outcome,
  hotKey,
  retryAfterMs: 0,
  isSale: false,
  isRightParty: false,
  position: 0,
});

export const talkingCall = {
  callId: 'call-1' as NonNullable<DeskView['call']>['callId'],
  campaignId: null,
  campaignName: 'Spring',
  phone: '+1305*****14',
  connectedAt: (NOW - 60_000) as DeskView['at'],
  endedAt: null,
  needsDisposition: true,
};

export function deskView(change: Partial<DeskView> = {}, agent: Partial<DeskView['agent']> = {}): DeskView {
  return {
    at: NOW as DeskView['at'],
    poolId: 'p1' as DeskView['poolId'],
    extension: '1001',
    agent: {
      agentId: 'a1' as DeskView['agent']['agentId'],
      name: 'Ana',
      state: 'talking',
      reason: null,
      since: (NOW - 60_000) as DeskView['at'],
      wrapUntil: null,
      wanted: null,
      callsToday: 3,
      ...agent,
    },
    call: talkingCall,
    lead: {
      leadId: 'l1' as NonNullable<DeskView['lead']>['leadId'],
      firstName: 'Rosa',
      lastName: 'Delgado',
      externalId: null,
      listName: 'Florida',
      fields: { city: 'Miami' },
      zones: ['America/New_York', 'America/Chicago'],
      numbers: [],
      attempts: 1,
      callback: null,
      callbackOpenAfterMs: null,
      script: [],
      form: [],
      known: {},
    },
    preview: null,
    dialling: null,
    campaigns: [],
    dispositions: [
      disposition('sale', '1'),
      disposition('callback', '3', 'callback'),
      disposition('rude', 'h'),
    ],
    pauseReasons: [
      { code: 'break', label: 'Coffee', position: 0 },
      { code: 'lunch', label: 'Lunch', position: 1 },
    ],
    today: {
      ...nothingToday(NOW as DeskView['at']),
      calls: 3,
      contacts: 3,
      sales: 1,
      rightParty: 2,
      busyMs: 90_000,
    },
    ...change,
  };
}

export interface TestDesk {
  readonly desk: AgentDesk;
  readonly server: FakeServer;
  readonly commands: DeskCommand[];
  /** What supervisors wrote, as it came. */
  readonly messages: readonly unknown[];
  readonly stored: Parameters<AgentDeskWiring['saver']['send']>[1][];
  /** Notes on people that were sent. */
  readonly notes: { leadId: string; text: string }[];
  /** Throws what the next storing is to fail with. */
  failStoring: Error | null;
  readonly push: (view: DeskView) => void;
}

export function openTestDesk(): TestDesk {
  const server = fakeServer();
  const clock = new ServerClock({ now: () => server.time });
  const commands: DeskCommand[] = [];
  const messages: WrittenMessages[] = [];
  const stored: TestDesk['stored'] = [];
  const notes: TestDesk['notes'] = [];
  let version = 0;
  const feed = new DeskFeed({
    ports: server,
    clock,
    whenSignedOut: () => undefined,
    whenMessagesCome: (written) => messages.push(written),
  });
  const desk = new AgentDesk({
    feed,
    commands: new Commands({
      send: async (command) => commands.push(command),
      newId: newCommandId,
      wait: () => Promise.resolve(),
    }),
    saver: {
      send: async (_callId, given) => {
        stored.push(given);
        if (test.failStoring) throw test.failStoring;
      },
    },
    notes: {
      send: async ({ leadId, text }) => notes.push({ leadId, text }),
      newId: () => 'note-1' as Parameters<AgentDeskWiring['notes']['send']>[0]['noteId'],
    },
    newId: newCommandId,
    clock,
    storage: localStorage,
  });
  const test: TestDesk = {
    desk,
    server,
    commands,
    messages,
    stored,
    notes,
    failStoring: null,
    push: (view) => {
      version += 1;
      server.last.says({ type: 'desk', version, desk: view });
    },
  };
  feed.start();
  server.last.opens();
  return test;
}
