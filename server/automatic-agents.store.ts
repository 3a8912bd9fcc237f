import { listDispositions } from '../campaigns/agent-word.store.ts';
import { disposeCall } from '../campaigns/call-disposition.store.ts';
import type { PoolOwner } from '../dialer/pool-owner.ts';
import type { OrganizationId } from '../kernel/ids.ts';
import type { Random } from '../kernel/random.ts';
import { after, hours, type Clock } from '../kernel/time.ts';
import type { NewId } from '../kernel/uuid.ts';
import { quantile, type Dist } from '../loadtest/distribution.ts';
import { AutomaticAgents } from './automatic-agents.ts';
import { DEMO_ANSWERS } from './demo-campaign.ts';
import type { Database } from './database.ts';

export interface AutomaticAgentsWiring {
  readonly owner: PoolOwner;
  readonly organizationId: OrganizationId;
  readonly database: Database;
  readonly clock: Clock;
  readonly newId: NewId;
  /** Of the scenario: seconds. */
  readonly wrapSeconds: Dist;
  readonly random: Random;
  readonly log: { warn(fields: object, message: string): void };
}

/** How far ahead the demo's people want to be called back. */
const CALLBACK_AFTER_MS = hours(2);

/** The demo's agents, storing their dispositions as a person's screen does. */
export function startAutomaticAgents(wiring: AutomaticAgentsWiring): { stop(): void } {
  const { organizationId, clock } = wiring;
  const database = wiring.database.organization(organizationId);
  let outcomes: ReadonlyMap<string, string> = new Map();
  const agents = new AutomaticAgents({
    ...wiring,
    nextWrapUpMs: () => 1000 * quantile(wiring.wrapSeconds, wiring.random.next()),
    dispose: async (agentId, callId, choice) => {
      if (outcomes.size === 0) {
        const words = await listDispositions(database.query, organizationId);
        outcomes = new Map(words.map(({ code, outcome }) => [code, outcome]));
      }
      const at = clock.now();
      const code = outcomes.has(choice) ? choice : ([...outcomes.keys()][0] ?? choice);
      const callbackAt = outcomes.get(code) === 'callback' ? after(at, CALLBACK_AFTER_MS) : null;
      const word = { callId, agentId, notes: '', callbackAt: null, callbackIsMine: false, at };
      const noted = await disposeCall(database, organizationId, {
        ...word,
        ...{ code, callbackAt, answers: DEMO_ANSWERS },
      });
      // Nobody may be called back then, or the campaign asks for more than he knows.
      if (!noted.ok) await disposeCall(database, organizationId, { ...word, code: 'no-time' });
    },
    // What people say in the demo, by how often they say it.
    codes: [
      ...Array<string>(8).fill('not-interested'),
      ...Array<string>(5).fill('sale'),
      ...Array<string>(4).fill('no-time'),
      ...Array<string>(3).fill('callback'),
      ...Array<string>(2).fill('in-writing'),
      'do-not-call',
      'wrong-number',
    ],
  });
  return agents;
}
