import { beforeEach, expect, test } from 'vitest';
import type { CallId, LegId } from '../../kernel/ids.ts';
import { BridgeKeeper } from './bridge-keeper.ts';
import { ManualTimers } from './manual-timers.fixture.ts';

const call = 'call' as CallId;
const leg = 'leg' as LegId;

let timers: ManualTimers;
let did: string[];
let refusal: string | null | Error;
let keeper: BridgeKeeper;

beforeEach(() => {
  timers = new ManualTimers();
  did = [];
  refusal = null;
  keeper = new BridgeKeeper({
    timers,
    send: (callId, legId) => {
      did.push(`bridge ${callId} ${legId}`);
      return refusal instanceof Error ? Promise.reject(refusal) : Promise.resolve(refusal);
    },
    park: (legId) => did.push(`park ${legId}`),
    onFailed: (callId, legId, reason) => did.push(`failed ${callId} ${legId}: ${reason}`),
  });
});

/** Lets replies arrive. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a bridge waits until the originate has let go of the leg', () => {
  keeper.dialled(call);
  keeper.answered(call);
  keeper.bridge(call, leg);
  expect(did).toEqual([]);
  keeper.waiting(call);
  expect(did).toEqual(['bridge call leg']);
});

test('a bridge waits until the customer hears what he was told to hear, or for a moment when nobody says so', () => {
  keeper.dialled(call);
  keeper.answered(call);
  keeper.waiting(call);
  keeper.scriptChanged(call);
  keeper.bridge(call, leg);
  expect(did).toEqual([]);
  keeper.waiting(call);
  expect(did).toEqual(['bridge call leg']);
  const other = 'other' as CallId;
  keeper.scriptChanged(other);
  keeper.bridge(other, 'second' as LegId);
  expect(did).toHaveLength(1);
  timers.advance(300);
  expect(did).toHaveLength(2);
});

test("a bridge waits until the originate has let go of the agent's leg too, in either order", () => {
  keeper.legCreated(leg);
  keeper.bridge(call, leg);
  expect(did).toEqual([]);
  keeper.legParked(leg);
  expect(did).toEqual(['bridge call leg']);
  const [second, other] = ['second' as CallId, 'other' as LegId];
  keeper.legCreated(other);
  keeper.answered(second);
  keeper.bridge(second, other);
  keeper.legParked(other);
  expect(did).toHaveLength(1);
  keeper.waiting(second);
  const [third, last] = ['third' as CallId, 'last' as LegId];
  keeper.legCreated(last);
  keeper.answered(third);
  keeper.bridge(third, last);
  keeper.waiting(third);
  expect(did).toEqual(['bridge call leg', 'bridge second other']);
  keeper.legParked(last);
  expect(did.at(-1)).toBe('bridge third last');
});

test('a leg that was parked once is parked between its calls', () => {
  keeper.legCreated(leg);
  keeper.legParked(leg);
  keeper.bridge(call, leg);
  expect(did).toEqual(['bridge call leg']);
});

test('a bridge is sent all the same when the script never tells of itself', () => {
  keeper.dialled(call);
  keeper.answered(call);
  keeper.bridge(call, leg);
  timers.advance(299);
  expect(did).toEqual([]);
  timers.advance(1);
  expect(did).toEqual(['bridge call leg']);
});

test('a call of which nothing is known is bridged at once', () => {
  keeper.bridge(call, leg);
  expect(did).toEqual(['bridge call leg']);
});

test('an answer that comes first of all on a new connection is still waited out', () => {
  keeper.answered(call);
  keeper.bridge(call, leg);
  expect(did).toEqual([]);
});

test('a call that has not answered is not bridged', () => {
  keeper.dialled(call);
  keeper.bridge(call, leg);
  expect(did).toEqual(['failed call leg: the customer has not answered']);
});

test('a second bridge beside one that is being made fails, and the first goes on', () => {
  keeper.bridge(call, leg);
  keeper.bridge(call, 'other' as LegId);
  keeper.bridged(call, leg);
  timers.advance(10_000);
  expect(did).toEqual(['bridge call leg', 'failed call other: another bridge of this call is being made']);
});

test('a refusal is told once and leaves the leg alone', async () => {
  refusal = '-ERR Invalid uuid';
  keeper.bridge(call, leg);
  await settled();
  timers.advance(10_000);
  expect(did).toEqual(['bridge call leg', 'failed call leg: -ERR Invalid uuid']);
  refusal = null;
  keeper.bridge(call, leg);
  expect(did.at(-1)).toBe('bridge call leg');
});

test('a bridge that never stands fails after a second, and the leg is brought home', async () => {
  keeper.bridge(call, leg);
  await settled();
  timers.advance(999);
  expect(did).toHaveLength(1);
  timers.advance(1);
  expect(did.slice(1)).toEqual(['park leg', 'failed call leg: no bridge came about within a second']);
});

test("a customer who goes while the bridge is made leaves the agent's leg to be parked", async () => {
  keeper.bridge(call, leg);
  await settled();
  keeper.callEnded(call);
  timers.advance(10_000);
  expect(did).toEqual(['bridge call leg', 'park leg']);
});

test("the agent's next bridge waits until he is home", async () => {
  keeper.bridge(call, leg);
  await settled();
  keeper.callEnded(call);
  keeper.bridge('second' as CallId, leg);
  expect(did).toEqual(['bridge call leg', 'park leg']);
  keeper.legParked(leg);
  expect(did.at(-1)).toBe('bridge second leg');
  keeper.bridged('second' as CallId, leg);
  keeper.callEnded('second' as CallId);
  keeper.bridge('third' as CallId, leg);
  expect(did.at(-1)).toBe('bridge second leg');
  keeper.legParked(leg);
  expect(did.at(-1)).toBe('bridge third leg');
});

test('a customer who goes before or after the bridge is made costs nothing', () => {
  keeper.dialled(call);
  keeper.answered(call);
  keeper.bridge(call, leg);
  keeper.callEnded(call);
  const second = 'second' as CallId;
  keeper.bridge(second, leg);
  keeper.bridged(second, leg);
  keeper.callEnded(second);
  timers.advance(10_000);
  expect(did).toEqual(['bridge second leg']);
});

test('a leg that ends while the bridge is made fails it', () => {
  keeper.bridge(call, leg);
  keeper.legEnded(leg);
  expect(did).toEqual(['bridge call leg', "failed call leg: the agent's leg ended"]);
});

test('a leg that ends while its bridge waits fails it, and the next bridge still waits', () => {
  keeper.answered(call);
  keeper.bridge(call, leg);
  keeper.legEnded(leg);
  keeper.bridge(call, 'other' as LegId);
  expect(did).toEqual(["failed call leg: the agent's leg ended"]);
  keeper.waiting(call);
  expect(did.at(-1)).toBe('bridge call other');
});

test('nothing is told of bridges under way when the connection is lost', async () => {
  refusal = new Error('closed');
  keeper.bridge(call, leg);
  keeper.forget();
  await settled();
  timers.advance(10_000);
  expect(did).toEqual(['bridge call leg']);
  expect(timers.pending).toBe(0);
});
