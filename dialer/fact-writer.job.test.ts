import { expect, test } from 'vitest';
import type { OrganizationDatabase, Query, SqlValue } from '../kernel/database.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { newCall, type EndedCall } from './call.ts';
import { newAgent } from './agent.ts';
import type { Outcome } from './call-outcome.store.ts';
import { FactWriter } from './fact-writer.job.ts';
import {
  LATER,
  openAttempts,
  placeCalls,
  storedPool,
  type Placed,
  type StoredPool,
} from './stored-pool.fixture.ts';

const testDatabase = useTestDatabase();
const silent = (): void => undefined;
const log = { debug: silent, info: silent, warn: silent, error: silent };

/** A database whose statements first pass `before`. */
function watched(
  database: OrganizationDatabase,
  before: (text: string) => Promise<void>,
): OrganizationDatabase {
  const ask: Query = async <Row extends object>(text: TemplateStringsArray, ...values: SqlValue[]) => {
    await before(text.join('?'));
    return database.query<Row>(text, ...values);
  };
  return { ...database, query: ask };
}

function writerOf(pool: StoredPool, before: (text: string) => Promise<void>): FactWriter {
  return new FactWriter({
    database: watched(pool.organization, before),
    fence: pool.fence,
    organizationId: pool.organizationId,
    log,
    onFencedOff: silent,
    onFull: silent,
  });
}

/** Nobody answered. */
function ended({ candidate }: Placed): EndedCall {
  const { callId: id, purpose, campaignId, leadId, numberId, phone } = candidate;
  const placedAt = LATER(0);
  const identity = { id, purpose, campaignId, leadId, numberId, phone, placedAt, forAgentId: null };
  return {
    ...newCall(identity),
    state: 'ended',
    ending: 'no-answer',
    endedAt: LATER(20_000),
    hungUpBy: 'us',
    raw: null,
  };
}

const outcomeOf = (placed: Placed): Outcome => ({
  call: ended(placed),
  isAttempt: true,
  next: { state: 'waiting', dueAt: LATER(3_600_000), finishedWhy: null, number: null },
  ledger: null,
});

test('an orderly end waits for the round that is being written, and writes what came meanwhile', async () => {
  const pool = await storedPool(testDatabase());
  const [first, second] = await placeCalls(pool, [{}, {}]);
  const [begun, gate] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  const writer = writerOf(pool, async () => {
    begun.resolve(undefined);
    await gate.promise;
  });
  writer.outcome(outcomeOf(first!));
  const flushed = writer.flush();
  await begun.promise;
  writer.outcome(outcomeOf(second!));
  const drained = writer.drain();
  gate.resolve(undefined);
  await drained;
  expect([await openAttempts(pool), writer.waiting]).toEqual([[], 0]);
  await flushed;
});

test('an orderly end does not wait for a database that is gone', async () => {
  const pool = await storedPool(testDatabase());
  const [placed] = await placeCalls(pool, [{}]);
  const writer = writerOf(pool, () => Promise.reject(new Error('no connection')));
  writer.outcome(outcomeOf(placed!));
  await writer.drain();
  expect(writer.waiting).toBe(1);
});

test('endings are stored though the states of agents cannot be', async () => {
  const pool = await storedPool(testDatabase());
  const [placed] = await placeCalls(pool, [{}]);
  const writer = writerOf(pool, (text) =>
    text.includes('agent_presence') ? Promise.reject(new Error('bad row')) : Promise.resolve(),
  );
  writer.agent({ agent: newAgent(pool.seed.agentId, LATER(0)), isNewState: true });
  writer.outcome(outcomeOf(placed!));
  expect(await writer.flush()).toBe('failed');
  expect([await openAttempts(pool), writer.waiting]).toEqual([[], 1]);
});
