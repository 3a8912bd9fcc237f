import { expect, test } from 'vitest';
import { attachList } from '../campaigns/campaign-list.store.ts';
import { hopperPhase, hopperShares, type HopperList } from '../campaigns/hopper.ts';
import { createLeadList } from '../campaigns/lead-list.store.ts';
import type { LeadId, ListId } from '../kernel/ids.ts';
import { useTestDatabase } from '../server/test-database.ts';
import {
  claim,
  LATER,
  NEW_YORK,
  NOON,
  storedPool,
  storeLeads,
  type StoredPool,
} from './stored-pool.fixture.ts';

const testDatabase = useTestDatabase();
const ZONES = [NEW_YORK, 'America/Chicago', 'America/Denver'];

interface Shape {
  readonly priority: number;
  readonly weight: number;
  readonly leads: number;
}

interface KnownLead {
  readonly leadId: LeadId;
  readonly dueAt: number;
  readonly priority: number;
}

/** A list of the pool's campaign; the leads of a zone stand together, as in a file that is sorted by state. */
async function addList(
  pool: StoredPool,
  { priority, weight, leads }: Shape,
  urgent: number,
): Promise<{ readonly list: HopperList; readonly leads: readonly KnownLead[] }> {
  const listId = pool.newId<ListId>(NOON);
  const { organization, organizationId, seed } = pool;
  const list = { listId, name: `List ${listId}`, country: 'US', createdAt: NOON };
  await createLeadList(organization.query, organizationId, list);
  await attachList(organization, seed, { listId, priority, weight, at: NOON });
  const wanted = Array.from({ length: leads }, (_, i) => ({
    zoneKey: ZONES[Math.floor((i * ZONES.length) / leads)]!,
    // Some are due at one moment, some at another, some before.
    dueAt: LATER(i % 3 === 0 ? -(i % 7) * 1000 : -5000),
    priority: i < urgent ? 1 + (i % 2) : 0,
  }));
  const stored = await storeLeads({ ...pool, seed: { ...seed, listId } }, wanted);
  return {
    list: { listId, priority, weight, isPaused: false, expiresOn: null },
    leads: stored.map(({ leadId }, i) => ({
      leadId,
      dueAt: wanted[i]!.dueAt,
      priority: wanted[i]!.priority,
    })),
  };
}

const byDue = (a: KnownLead, b: KnownLead): number => a.dueAt - b.dueAt || (a.leadId < b.leadId ? -1 : 1);

/** What a claim takes, from the leads of each list in full. */
function expected(
  lists: readonly { readonly list: HopperList; readonly leads: readonly KnownLead[] }[],
  count: number,
): readonly LeadId[] {
  const urgent = lists
    .flatMap(({ leads }) => leads.filter(({ priority }) => priority !== 0))
    .toSorted((a, b) => b.priority - a.priority || byDue(a, b));
  const shares = hopperShares(
    lists.map(({ list }) => list),
    { count, today: '2026-12-02', phase: hopperPhase(NOON) },
  );
  const others = shares
    .flatMap(({ listId, tier, quota, weight }) => {
      const leads = lists.find(({ list }) => list.listId === listId)?.leads ?? [];
      const inOrder = leads.filter(({ priority }) => priority === 0).toSorted(byDue);
      return inOrder.map((lead, i) => {
        const isOver = i + 1 > quota;
        return { ...lead, tier, isOver, turn: (i + 1 - (isOver ? quota : 0)) / weight };
      });
    })
    .toSorted((a, b) => a.tier - b.tier || +a.isOver - +b.isOver || a.turn - b.turn || byDue(a, b));
  return [...urgent, ...others].slice(0, count).map(({ leadId }) => leadId);
}

const SHAPES: Readonly<Record<string, readonly Shape[]>> = {
  'none has run dry': [
    { priority: 0, weight: 3, leads: 60 },
    { priority: 0, weight: 1, leads: 60 },
    { priority: 0, weight: 2, leads: 60 },
  ],
  'all of a priority but one have run dry': [
    { priority: 0, weight: 1, leads: 0 },
    { priority: 0, weight: 5, leads: 2 },
    { priority: 0, weight: 1, leads: 90 },
    { priority: 0, weight: 9, leads: 1 },
    { priority: -1, weight: 1, leads: 60 },
  ],
  'a higher priority has less than is asked for': [
    { priority: 9, weight: 1, leads: 9 },
    { priority: 5, weight: 2, leads: 4 },
    { priority: 5, weight: 9, leads: 3 },
    { priority: 0, weight: 1, leads: 30 },
    { priority: 0, weight: 1, leads: 90 },
    { priority: -3, weight: 1, leads: 90 },
  ],
  'the one that would give nearly all has run dry': [
    { priority: 0, weight: 400, leads: 0 },
    { priority: 0, weight: 5, leads: 60 },
    ...Array.from({ length: 7 }, () => ({ priority: 0, weight: 1, leads: 20 })),
  ],
  'there are fewer leads than are asked for': [
    { priority: 1, weight: 1, leads: 6 },
    { priority: 0, weight: 4, leads: 7 },
  ],
};

for (const urgent of [0, 3]) {
  for (const [name, shapes] of Object.entries(SHAPES)) {
    test(`a claim takes the leads that are next by urgency, priority and proportion, when ${name}${urgent > 0 ? ' and some are urgent' : ''}`, async () => {
      const pool = await storedPool(testDatabase());
      const lists = [];
      for (const shape of shapes) lists.push(await addList(pool, shape, urgent));
      const own = { listId: pool.seed.listId, priority: 0, weight: 1, isPaused: false, expiresOn: null };
      const all = [{ list: own, leads: [] }, ...lists];
      for (const count of [1, 7, 40]) {
        const taken = (await claim(pool, { count, zoneKeys: ZONES })).map(
          ({ candidate }) => candidate.leadId,
        );
        expect(taken.toSorted()).toEqual(expected(all, count).toSorted());
        const rest = all.map(({ list, leads }) => ({
          list,
          leads: leads.filter(({ leadId }) => !taken.includes(leadId)),
        }));
        all.splice(0, all.length, ...rest);
      }
    });
  }
}
