import { describe, expect, test } from 'vitest';
import type { AgentId, CallId, Epoch, LegId } from '../kernel/ids.ts';
import { seconds, type EpochMs } from '../kernel/time.ts';
import { agentId, ms, POOL, PoolWorld, someCampaign } from './pool-world.fixture.ts';
import type { ChannelSnapshot } from './telephony.ts';

/** A world in which one line has been dialled for one ready agent. */
function oneLine(options: ConstructorParameters<typeof PoolWorld>[0] = {}): {
  world: PoolWorld;
  callId: CallId;
} {
  const world = new PoolWorld({ seats: 1, ...options });
  return { world, callId: world.nextLine() };
}

describe('ringing', () => {
  test.each([
    [15_000, 15_000],
    [25_000, 25_000],
    [5000, 15_000],
  ])(
    'with a timeout of %i ms nothing is cancelled before %i ms of it, from the first 18x',
    (timeout, ringMs) => {
      const { world, callId } = oneLine({
        campaigns: [someCampaign({ ringTimeoutMs: seconds(timeout / 1000) })],
      });
      world.pass(9000);
      world.rang(callId);
      world.pass(2000);
      // A second 18x starts nothing anew.
      world.rang(callId);
      world.pass(ringMs - 2000);
      expect(world.sent('hang-up')).toEqual([]);
      world.pass(100);
      expect(world.sent('hang-up')).toEqual([{ do: 'hang-up', channelId: callId }]);
      world.ended(callId, 'us', 'no-answer');
      expect(world.ending(callId)).toMatchObject({ call: { ending: 'no-answer' }, ledger: null });
    },
  );

  test('without 18x within 12 s the trunk has failed, and that is no attempt on the person', () => {
    const { world, callId } = oneLine();
    world.pass(12_000);
    expect(world.sent('hang-up')).toEqual([]);
    world.pass(100);
    expect(world.sent('hang-up')).toHaveLength(1);
    world.ended(callId, 'us', 'no-answer');
    expect(world.ending(callId)).toMatchObject({ call: { ending: 'carrier-failure' } });
  });

  test('early media is no answer: nobody is bridged, and it goes on ringing', () => {
    const { world, callId } = oneLine();
    world.fact({ type: 'rang', callId, at: world.now, hasEarlyMedia: true });
    world.pass(10_000);
    expect(world.call(callId)).toMatchObject({ state: 'ringing' });
    expect(world.sent('bridge')).toEqual([]);
    world.ended(callId, 'carrier', 'busy');
    expect(world.ending(callId)).toMatchObject({ call: { ending: 'busy' }, ledger: null });
  });

  test('a hang-up of which nothing is heard is asked for again every two seconds', () => {
    const { world, callId } = oneLine();
    world.rang(callId);
    world.pass(25_100);
    expect(world.sent('hang-up')).toHaveLength(1);
    world.pass(4200);
    expect(world.sent('hang-up')).toHaveLength(3);
    world.ended(callId, 'us');
    world.pass(4200);
    expect(world.sent('hang-up')).toHaveLength(3);
  });

  test('pausing the campaign cancels nothing', () => {
    const { world, callId } = oneLine();
    world.rang(callId);
    world.campaigns([someCampaign({ state: 'paused' })]);
    world.pass(10_000);
    expect(world.sent('hang-up')).toEqual([]);
    world.answered(callId);
    expect(world.sent('bridge')).toHaveLength(1);
  });

  test('while the link is down no deadline is kept, for nothing can be heard', () => {
    const { world, callId } = oneLine();
    world.fact({ type: 'link-down', at: world.now, reason: 'gone' });
    world.pass(14_000);
    const channels = [channel(world, callId)];
    world.fact({ type: 'link-up', at: world.now, channels });
    world.pass(5000);
    // It may have rung while we did not hear: it gets a whole ring time.
    expect(world.sent('hang-up')).toEqual([]);
    world.pass(12_000 + 25_000 - 14_000 - 5000);
    expect(world.sent('hang-up')).toEqual([]);
    world.pass(100);
    expect(world.sent('hang-up')).toHaveLength(1);
    world.ended(callId, 'us');
    expect(world.ending(callId)).toMatchObject({ call: { ending: 'no-answer' } });
  });
});

const channel = (world: PoolWorld, channelId: CallId | LegId, more = {}) => ({
  channelId,
  poolId: world.loop.view(world.time).poolId,
  epoch: 2 as never,
  purpose: 'call' as const,
  agentId: null,
  answeredAt: null,
  bridgedTo: null,
  bridgedAt: null,
  ...more,
});
const legChannel = (world: PoolWorld, number: number, more = {}) =>
  channel(world, world.leg(number), {
    purpose: 'agent-leg' as const,
    agentId: agentId(number),
    answeredAt: world.now,
    ...more,
  });

describe('a person who answers', () => {
  test('is bridged to an idle agent in the same turn', () => {
    const { world, callId } = oneLine();
    world.rang(callId);
    world.answered(callId);
    expect(world.sent('bridge')).toEqual([
      { do: 'bridge', callId, legId: world.leg(1), agentId: agentId(1) },
    ]);
    expect(world.agent(1)).toMatchObject({ state: 'reserved', callId });
    world.bridged(callId);
    expect(world.agent(1)).toMatchObject({ state: 'talking', callId });
    expect(world.sent('play-tone')).toEqual([{ do: 'play-tone', legId: world.leg(1) }]);
  });

  test('gets the agent who has been idle longest', () => {
    const world = new PoolWorld({ seats: 3, ready: 0 });
    for (const number of [2, 3, 1]) {
      world.signIn(number);
      world.pass(1000);
    }
    const calls = world.dialled;
    for (const callId of calls) world.answered(callId);
    expect(world.sent('bridge').map((bridge) => bridge.agentId)).toEqual([2, 3, 1].map(agentId));
  });

  test('two who answer in one tick get two agents', () => {
    const world = new PoolWorld({ seats: 2 });
    world.pass(50);
    const [first, second] = world.dialled;
    world.answered(first!);
    world.answered(second!);
    expect(new Set(world.sent('bridge').map((bridge) => bridge.agentId)).size).toBe(2);
  });

  test('with legal time zero still gets an idle agent', () => {
    const { world, callId } = oneLine({ campaigns: [someCampaign({ legalMs: seconds(0) })] });
    world.answered(callId);
    expect(world.sent('bridge')).toHaveLength(1);
  });

  test('waits for the agent who becomes free before the legal moment', () => {
    const { world, callId } = oneLine();
    world.command(1, { type: 'pause', reason: 'lunch' });
    world.fact({ type: 'leg-ended', legId: world.leg(1), at: world.now, reason: 'gone' });
    world.answered(callId);
    world.pass(1900);
    world.signIn(1);
    expect(world.sent('bridge')).toMatchObject([{ callId }]);
    expect(world.sent('play-message')).toEqual([]);
  });

  test.each([
    [2000, 1],
    [2001, 0],
  ])(
    'is bridged to an agent who becomes free %i ms after the answer, before the tick: %i times',
    (ms, times) => {
      const { world, callId } = oneLine();
      world.fact({ type: 'leg-ended', legId: world.leg(1), at: world.now, reason: 'gone' });
      world.answered(callId);
      // No tick in the last 50 ms: the offer itself must know the legal moment.
      world.pass(ms - 11);
      world.pass(11);
      world.signIn(1);
      expect(world.sent('bridge')).toHaveLength(times);
    },
  );

  test('hears the message at the legal moment, and no bridge follows although agents become free', () => {
    const { world, callId } = oneLine();
    world.fact({ type: 'leg-ended', legId: world.leg(1), at: world.now, reason: 'gone' });
    world.rang(callId);
    world.answered(callId);
    world.pass(1950);
    expect(world.sent('play-message')).toEqual([]);
    world.pass(50);
    expect(world.sent('play-message')).toEqual([{ do: 'play-message', callId, file: 'nobody-free-en.wav' }]);
    world.signIn(1);
    world.pass(3000);
    expect(world.sent('bridge')).toEqual([]);
    world.ended(callId, 'us');
    expect(world.ending(callId)).toMatchObject({
      call: { ending: 'human-abandoned' },
      ledger: { isAbandoned: true, isEarlyHangUp: false },
    });
  });

  test('and leaves before that hung up waiting, which counts as abandoned', () => {
    const { world, callId } = oneLine();
    world.fact({ type: 'leg-ended', legId: world.leg(1), at: world.now, reason: 'gone' });
    world.answered(callId);
    world.pass(1000);
    world.ended(callId, 'customer');
    expect(world.ending(callId)).toMatchObject({
      call: { ending: 'hung-up-waiting' },
      ledger: { isAbandoned: true, isEarlyHangUp: true },
    });
  });

  test('a message whose end is never told is hung up after a minute', () => {
    const { world, callId } = oneLine();
    world.fact({ type: 'leg-ended', legId: world.leg(1), at: world.now, reason: 'gone' });
    world.answered(callId);
    world.pass(2000);
    world.pass(60_000);
    expect(world.sent('hang-up')).toEqual([]);
    world.pass(100);
    expect(world.sent('hang-up')).toEqual([{ do: 'hang-up', channelId: callId }]);
  });
});

describe('a bridge', () => {
  test('refused: the agent keeps his place, and the call goes to the next', () => {
    const world = new PoolWorld({ seats: 2, ready: 0 });
    world.signIn(1);
    world.pass(1000);
    world.signIn(2);
    const [callId] = world.dialled;
    world.answered(callId!);
    world.bridgeFailed(callId!);
    expect(world.agent(1)).toMatchObject({ state: 'ready' });
    expect(world.sent('bridge').map((bridge) => bridge.agentId)).toEqual([agentId(1), agentId(2)]);
    world.bridged(callId!);
    // Though his offer failed, nobody is before him in the queue.
    const next = world.nextLine();
    world.answered(next);
    expect(world.sent('bridge').at(-1)).toMatchObject({ callId: next, agentId: agentId(1) });
  });

  test('refused by the only agent is not tried with him again and again; the switch is asked what is up', () => {
    const { world, callId } = oneLine();
    world.answered(callId);
    world.bridgeFailed(callId);
    world.pass(1000);
    expect(world.sent('bridge')).toHaveLength(1);
    expect(world.sent('see-channels')).toHaveLength(1);
  });

  test('refused again and again gives nobody a new legal moment', () => {
    const world = new PoolWorld({ seats: 3 });
    const callId = world.nextLine();
    world.answered(callId);
    world.pass(900);
    world.bridgeFailed(callId);
    world.pass(900);
    world.bridgeFailed(callId);
    world.pass(150);
    expect(world.sent('play-message')).toEqual([]);
    world.bridgeFailed(callId);
    world.pass(50);
    expect(world.sent('play-message')).toMatchObject([{ callId }]);
  });

  test('of which nothing is heard for 1.5 s has failed', () => {
    const world = new PoolWorld({ seats: 2 });
    const callId = world.nextLine();
    world.answered(callId);
    world.pass(1550);
    expect(world.sent('bridge').map((bridge) => bridge.agentId)).toEqual([agentId(1), agentId(2)]);
    expect(world.agent(1)).toMatchObject({ state: 'ready' });
  });

  test('that was given up and comes about late goes to whom the switch bridged, and the other is free', () => {
    const world = new PoolWorld({ seats: 2 });
    const callId = world.nextLine();
    world.answered(callId);
    world.pass(1550);
    world.fact({ type: 'bridged', callId, legId: world.leg(1), at: world.now });
    expect(world.agent(1)).toMatchObject({ state: 'talking', callId });
    expect(world.agent(2)).toMatchObject({ state: 'ready' });
    // The second bridge comes about as well: the switch moved the customer.
    world.fact({ type: 'bridged', callId, legId: world.leg(2), at: world.now });
    expect(world.agent(1)).toMatchObject({ state: 'wrapping-up' });
    expect(world.agent(2)).toMatchObject({ state: 'talking', callId });
  });

  test('that failed late says nothing about the next one', () => {
    const world = new PoolWorld({ seats: 2 });
    const callId = world.nextLine();
    world.answered(callId);
    world.pass(1550);
    world.fact({ type: 'bridge-failed', callId, legId: world.leg(1), at: world.now, reason: 'late' });
    expect(world.agent(2)).toMatchObject({ state: 'reserved', callId });
  });

  test('to an agent who has paused meanwhile is not believed', () => {
    const world = new PoolWorld({ seats: 1 });
    const callId = world.nextLine();
    world.answered(callId);
    world.bridgeFailed(callId);
    world.command(1, { type: 'pause', reason: 'lunch' });
    world.fact({ type: 'bridged', callId, legId: world.leg(1), at: world.now });
    expect(world.agent(1)).toMatchObject({ state: 'paused' });
    expect(world.call(callId)).toMatchObject({ state: 'waiting' });
  });

  test('during which the customer hangs up: the agent keeps his place', () => {
    const { world, callId } = oneLine();
    world.answered(callId);
    world.ended(callId, 'customer');
    expect(world.agent(1)).toMatchObject({ state: 'ready' });
    expect(world.ending(callId)).toMatchObject({ call: { ending: 'hung-up-waiting' } });
    // The refusal of the switch comes after it.
    world.bridgeFailed(callId);
    expect(world.agent(1)).toMatchObject({ state: 'ready' });
    expect(world.endings()).toHaveLength(1);
  });

  test('between whose reserve and success the agent asks for a pause: first the talk, then the pause', () => {
    const { world, callId } = oneLine();
    world.answered(callId);
    expect(world.command(1, { type: 'pause', reason: 'lunch' })).toEqual({ ok: true });
    expect(world.agent(1)).toMatchObject({ state: 'reserved', wanted: 'pause' });
    world.bridged(callId);
    expect(world.agent(1)).toMatchObject({ state: 'talking', wanted: 'pause' });
    world.ended(callId, 'customer');
    world.command(1, { type: 'disposed', callId, next: 'ready' });
    expect(world.agent(1)).toMatchObject({ state: 'paused', reason: 'lunch' });
  });
});

describe('the end of a talk', () => {
  test('by both at once is one end', () => {
    const world = new PoolWorld({ seats: 1 });
    const { callId } = world.talk();
    expect(world.command(1, { type: 'hang-up' })).toEqual({ ok: true });
    world.ended(callId, 'customer');
    world.ended(callId, 'us');
    expect(world.endings()).toMatchObject([
      { call: { ending: 'connected' }, ledger: { isAbandoned: false } },
    ]);
    expect(world.agent(1)).toMatchObject({ state: 'wrapping-up' });
    expect(world.command(1, { type: 'hang-up' })).toMatchObject({ ok: false, code: 'not-now' });
  });

  test("asked for by the agent ends the customer's leg and leaves his own up", () => {
    const world = new PoolWorld({ seats: 1 });
    const { callId } = world.talk();
    world.command(1, { type: 'hang-up' });
    expect(world.sent('hang-up')).toEqual([{ do: 'hang-up', channelId: callId }]);
    world.ended(callId, 'us');
    expect(world.ending(callId)).toMatchObject({ call: { hungUpBy: 'agent' } });
  });

  test('starts the wrap-up; at zero without a disposition the agent is paused', () => {
    const world = new PoolWorld({ seats: 1 });
    const { callId } = world.talk();
    world.ended(callId, 'customer');
    world.pass(29_950);
    expect(world.agent(1)).toMatchObject({ state: 'wrapping-up' });
    world.pass(100);
    expect(world.agent(1)).toMatchObject({ state: 'paused', reason: 'no-disposition' });
    expect(world.loop.desk(agentId(1), world.time)?.call).toMatchObject({ callId, needsDisposition: true });
    expect(world.command(1, { type: 'ready' })).toMatchObject({ ok: false, code: 'disposition-missing' });
    world.command(1, { type: 'disposed', callId, next: 'ready' });
    expect(world.agent(1)).toMatchObject({ state: 'ready' });
  });

  test('with more time asked for ends later', () => {
    const world = new PoolWorld({ seats: 1 });
    const { callId } = world.talk();
    world.ended(callId, 'customer');
    expect(world.command(1, { type: 'extend-wrap-up', callId })).toEqual({ ok: true });
    world.pass(89_000);
    expect(world.agent(1)).toMatchObject({ state: 'wrapping-up' });
    world.pass(1100);
    expect(world.agent(1)).toMatchObject({ state: 'paused' });
  });

  test('disposed during the talk: no wrap-up', () => {
    const world = new PoolWorld({ seats: 1 });
    const { callId } = world.talk();
    world.command(1, { type: 'disposed', callId, next: 'ready' });
    expect(world.agent(1)).toMatchObject({ state: 'talking' });
    world.ended(callId, 'customer');
    expect(world.agent(1)).toMatchObject({ state: 'ready' });
    expect(world.nextLine()).not.toBe(callId);
  });
});

test('the end of a talk that an agent asked for is asked for again when nothing comes of it', () => {
  const world = new PoolWorld({ seats: 2 });
  const { number, callId } = world.talk();
  world.pass(5000);
  world.command(number, { type: 'hang-up' });
  world.pass(1900);
  expect(world.sent('hang-up')).toHaveLength(1);
  world.pass(200);
  expect(world.sent('hang-up')).toEqual([
    { do: 'hang-up', channelId: callId },
    { do: 'hang-up', channelId: callId },
  ]);
  world.ended(callId, 'us');
  expect(world.ending(callId)).toMatchObject({ call: { ending: 'connected', hungUpBy: 'agent' } });
});

describe('hold', () => {
  test('and back', () => {
    const world = new PoolWorld({ seats: 1 });
    const { callId } = world.talk();
    world.command(1, { type: 'hold' });
    expect(world.agent(1)).toMatchObject({ state: 'on-hold', callId });
    world.command(1, { type: 'resume' });
    expect(world.agent(1)).toMatchObject({ state: 'talking', callId });
    world.fact({ type: 'bridged', callId, legId: world.leg(1), at: world.now });
    expect(world.news().map((command) => command.do)).toEqual(expect.arrayContaining(['hold', 'resume']));
    expect(world.sent('play-tone')).toHaveLength(1);
  });

  test('when the way back fails he still holds, and may try again', () => {
    const world = new PoolWorld({ seats: 1 });
    const { callId } = world.talk();
    world.command(1, { type: 'hold' });
    world.command(1, { type: 'resume' });
    world.bridgeFailed(callId);
    expect(world.agent(1)).toMatchObject({ state: 'on-hold', callId });
    expect(world.command(1, { type: 'resume' })).toEqual({ ok: true });
  });

  test('while the link is down is refused, and so are the way back and the end: nothing is promised that is not done', () => {
    const world = new PoolWorld({ seats: 1 });
    const { callId } = world.talk();
    world.fact({ type: 'link-down', at: world.now, reason: 'reset' });
    world.commands.length = 0;
    expect(world.command(1, { type: 'hold' })).toMatchObject({ ok: false, code: 'switch-down' });
    expect(world.command(1, { type: 'hang-up' })).toMatchObject({ ok: false, code: 'switch-down' });
    expect(world.agent(1)).toMatchObject({ state: 'talking', callId });
    const channel = { poolId: POOL, epoch: 2 as Epoch, agentId: null, answeredAt: world.now };
    const bridgedAt = world.now;
    const channels: ChannelSnapshot[] = [
      { ...channel, channelId: callId, purpose: 'call', bridgedTo: world.leg(1), bridgedAt },
      { ...channel, channelId: world.leg(1), purpose: 'agent-leg', bridgedTo: callId, bridgedAt },
    ];
    world.fact({ type: 'link-up', at: world.now, channels });
    expect(world.command(1, { type: 'hold' })).toEqual({ ok: true });
    world.fact({ type: 'link-down', at: world.now, reason: 'reset' });
    world.commands.length = 0;
    expect(world.command(1, { type: 'resume' })).toMatchObject({ ok: false, code: 'switch-down' });
    expect(world.agent(1)).toMatchObject({ state: 'on-hold', callId });
    expect(world.commands).toEqual([]);
  });

  test('that the switch refuses is over: the agent sees that he is heard', () => {
    const world = new PoolWorld({ seats: 1 });
    const { callId } = world.talk();
    const failed = {
      type: 'hold-failed',
      callId,
      legId: world.leg(1),
      reason: '-ERR',
      at: world.now,
    } as const;
    world.fact(failed);
    expect(world.agent(1)).toMatchObject({ state: 'talking' });
    world.command(1, { type: 'hold' });
    world.fact(failed);
    expect(world.agent(1)).toMatchObject({ state: 'talking', callId });
    expect(world.sent('resume')).toEqual([]);
  });

  test('a customer who hangs up on hold ends the talk', () => {
    const world = new PoolWorld({ seats: 1 });
    const { callId } = world.talk();
    world.command(1, { type: 'hold' });
    world.ended(callId, 'customer');
    expect(world.agent(1)).toMatchObject({ state: 'wrapping-up' });
    expect(world.ending(callId)).toMatchObject({ call: { ending: 'connected' } });
  });
});

describe("an agent's phone that vanishes", () => {
  test('while he is idle: he gets no call, and is ready again only when he says so', () => {
    const { world, callId } = oneLine();
    world.fact({ type: 'leg-ended', legId: world.leg(1), at: world.now, reason: 'gone' });
    expect(world.agent(1)).toMatchObject({ state: 'phone-lost' });
    world.answered(callId);
    expect(world.sent('bridge')).toEqual([]);
    world.command(1, { type: 'connect-phone' });
    world.fact({ type: 'leg-answered', legId: world.leg(1), at: world.now });
    expect(world.agent(1)).toMatchObject({ state: 'paused' });
    expect(world.sent('bridge')).toEqual([]);
  });

  test('while he is being bridged: the call goes to the next', () => {
    const world = new PoolWorld({ seats: 2 });
    const callId = world.nextLine();
    world.answered(callId);
    world.fact({ type: 'leg-ended', legId: world.leg(1), at: world.now, reason: 'gone' });
    expect(world.sent('bridge').at(-1)).toMatchObject({ callId, agentId: agentId(2) });
  });

  test('in talk: the customer hears a message, and goes first in the queue', () => {
    const world = new PoolWorld({ seats: 3, ready: 2 });
    const { callId, number } = world.talk();
    const lost = world.leg(number);
    const waiting = world.dialled.find((id) => id !== callId)!;
    const other = world.loop.view(world.time).agents.find(({ state }) => state === 'ready')!;
    world.command(Number(other.agentId.slice(-1)), { type: 'pause', reason: 'lunch' });
    world.fact({
      type: 'leg-ended',
      legId: world.leg(Number(other.agentId.slice(-1))),
      at: world.now,
      reason: '',
    });
    world.answered(waiting);
    world.pass(500);
    world.fact({ type: 'leg-ended', legId: lost, at: world.now, reason: 'gone' });
    expect(world.sent('play-to-customer')).toEqual([
      { do: 'play-to-customer', callId, file: 'nobody-free-en.wav' },
    ]);
    expect(world.agent(number)).toMatchObject({ state: 'phone-lost' });
    world.pass(500);
    world.signIn(3);
    // Though the other one has waited longer.
    expect(world.sent('bridge').at(-1)).toMatchObject({ callId, agentId: agentId(3) });
    world.bridged(callId);
    world.ended(callId, 'customer');
    expect(world.ending(callId)).toMatchObject({
      call: { ending: 'connected', times: { agentId: agentId(3) } },
      ledger: { isAbandoned: false },
    });
  });

  test('in talk, and nobody comes for 30 s: hung up once, agent-lost, and served in time all the same', () => {
    const world = new PoolWorld({ seats: 1 });
    const { callId } = world.talk();
    world.fact({ type: 'leg-ended', legId: world.leg(1), at: world.now, reason: 'gone' });
    world.pass(29_950);
    expect(world.sent('hang-up')).toEqual([]);
    world.pass(1000);
    expect(world.sent('hang-up')).toEqual([{ do: 'hang-up', channelId: callId }]);
    expect(world.sent('play-message')).toEqual([]);
    // Too late for anybody who becomes free now.
    world.signIn(1);
    expect(world.sent('bridge')).toHaveLength(1);
    world.ended(callId, 'us');
    expect(world.ending(callId)).toMatchObject({
      call: { ending: 'agent-lost' },
      ledger: { isAbandoned: false },
    });
  });

  test('in talk, and the customer leaves meanwhile: agent-lost; the agent still owes a disposition', () => {
    const world = new PoolWorld({ seats: 1 });
    const { callId } = world.talk();
    world.fact({ type: 'leg-ended', legId: world.leg(1), at: world.now, reason: 'gone' });
    world.ended(callId, 'customer');
    expect(world.ending(callId)).toMatchObject({ call: { ending: 'agent-lost' } });
    world.command(1, { type: 'connect-phone' });
    world.fact({ type: 'leg-answered', legId: world.leg(1), at: world.now });
    expect(world.command(1, { type: 'ready' })).toMatchObject({ ok: false, code: 'disposition-missing' });
    expect(world.command(1, { type: 'disposed', callId, next: 'ready' })).toEqual({ ok: true });
    expect(world.agent(1)).toMatchObject({ state: 'ready' });
  });
});

describe('the wish to leave', () => {
  test('with lines in flight is a request; the pacer dials nothing more for him', () => {
    const { world, callId } = oneLine();
    world.rang(callId);
    world.command(1, { type: 'pause', reason: 'lunch' });
    expect(world.agent(1)).toMatchObject({ state: 'ready', wanted: 'pause' });
    world.pass(5000);
    expect(world.dialled).toHaveLength(1);
    world.ended(callId, 'carrier', 'busy');
    world.pass(50);
    expect(world.agent(1)).toMatchObject({ state: 'paused', reason: 'lunch' });
  });

  test('the line that rang for him is still his', () => {
    const { world, callId } = oneLine();
    world.rang(callId);
    world.command(1, { type: 'sign-out' });
    world.pass(3000);
    world.answered(callId);
    world.bridged(callId);
    expect(world.agent(1)).toMatchObject({ state: 'talking', wanted: 'sign-out' });
    world.command(1, { type: 'disposed', callId, next: 'ready' });
    world.ended(callId, 'customer');
    expect(world.agent(1)).toMatchObject({ state: 'signed-out' });
    expect(world.sent('hang-up')).toEqual([{ do: 'hang-up', channelId: world.leg(1) }]);
  });

  test('does not wait for lines that others dial later', () => {
    const world = new PoolWorld({ seats: 3, ready: 1 });
    const mine = world.nextLine();
    world.rang(mine);
    world.command(1, { type: 'pause', reason: 'lunch' });
    world.pass(1000);
    world.signIn(2);
    world.signIn(3);
    const later = world.nextLine();
    expect(world.agent(1)).toMatchObject({ state: 'ready', wanted: 'pause' });
    world.ended(mine, 'carrier', 'busy');
    world.tick();
    expect(world.agent(1)).toMatchObject({ state: 'paused' });
    expect(world.call(later)).toMatchObject({ state: 'dialling' });
  });

  test('waits also for a line that is on its way from the list', () => {
    const world = new PoolWorld({ seats: 1 });
    world.answers.commits = false;
    world.pass(250);
    world.command(1, { type: 'pause', reason: 'lunch' });
    world.pass(200);
    expect(world.agent(1)).toMatchObject({ state: 'ready', wanted: 'pause' });
    world.answerCommit(world.held('commit'));
    const [callId] = world.dialled;
    world.pass(100);
    world.answered(callId!);
    expect(world.sent('bridge')).toHaveLength(1);
  });

  test('taken back by "ready" he is dialled for again', () => {
    const { world, callId } = oneLine();
    world.command(1, { type: 'pause', reason: 'lunch' });
    world.ended(callId, 'carrier', 'busy');
    world.command(1, { type: 'ready' });
    world.pass(1000);
    expect(world.agent(1)).toMatchObject({ state: 'ready', wanted: null });
    expect(world.dialled).toHaveLength(2);
  });
});

describe('a command', () => {
  test('that comes again is answered again and changes nothing', () => {
    const world = new PoolWorld({ seats: 1 });
    world.talk();
    const first = world.command(1, { type: 'hang-up' }, 'the-same');
    const again = world.command(1, { type: 'hang-up' }, 'the-same');
    expect(again).toEqual(first);
    expect(world.sent('hang-up')).toHaveLength(1);
  });

  test('that was refused stays refused under its id, though it would be possible by now', () => {
    const world = new PoolWorld({ seats: 1 });
    const refused = world.command(1, { type: 'hang-up' }, 'early');
    world.talk();
    expect(world.command(1, { type: 'hang-up' }, 'early')).toEqual(refused);
    expect(world.sent('hang-up')).toEqual([]);
  });

  test('of somebody without a seat is refused with a sentence', () => {
    const world = new PoolWorld({ seats: 1 });
    expect(world.command(9, { type: 'sign-in' })).toMatchObject({ ok: false, code: 'no-seat' });
  });

  test('to connect a phone while the switch is down, or with an extension that is none, is refused', () => {
    const world = new PoolWorld({ seats: 1, ready: 0 });
    const seat = { agentId: agentId(1), name: 'Ann', isAutomatic: false };
    for (const extension of ['1555@carrier', 'sofia/gateway/x/1555', '', '1', '123456789', '10 1']) {
      world.feed({ type: 'seats-read', seats: [{ ...seat, extension }] });
      expect(world.command(1, { type: 'sign-in' })).toMatchObject({ ok: false, code: 'bad-extension' });
    }
    world.seats(1);
    world.fact({ type: 'link-down', at: world.now, reason: 'gone' });
    expect(world.command(1, { type: 'sign-in' })).toMatchObject({ ok: false, code: 'switch-down' });
    expect(world.sent('call-agent')).toEqual([]);
  });

  test('to sign out while the phone rings: the phone that answers after all is hung up', () => {
    const world = new PoolWorld({ seats: 1, ready: 0 });
    world.command(1, { type: 'sign-in' });
    const leg = world.leg(1);
    world.command(1, { type: 'sign-out' });
    world.fact({ type: 'leg-answered', legId: leg, at: world.now });
    expect(world.agent(1)).toMatchObject({ state: 'signed-out' });
    expect(world.sent('hang-up')).toEqual([
      { do: 'hang-up', channelId: leg },
      { do: 'hang-up', channelId: leg },
    ]);
  });
});

describe('a seat that is taken away', () => {
  test('signs its idle agent out', () => {
    const world = new PoolWorld({ seats: 2, leads: 0 });
    world.seats(1);
    expect(world.sent('hang-up')).toEqual([{ do: 'hang-up', channelId: world.leg(2) }]);
    world.seats(1);
    expect(world.loop.view(world.time).agents).toHaveLength(1);
  });

  test('lets its agent finish his talk', () => {
    const world = new PoolWorld({ seats: 1 });
    const { callId } = world.talk();
    world.feed({ type: 'seats-read', seats: [] });
    expect(world.agent(1)).toMatchObject({ state: 'talking', wanted: 'sign-out' });
    world.command(1, { type: 'disposed', callId, next: 'ready' });
    world.ended(callId, 'customer');
    expect(world.agent(1)).toMatchObject({ state: 'signed-out' });
  });
});

describe('the link to the switch goes and comes back', () => {
  test('a talk goes on', () => {
    const world = new PoolWorld({ seats: 1 });
    const { callId } = world.talk();
    world.fact({ type: 'link-down', at: world.now, reason: 'gone' });
    world.pass(10_000);
    const channels = [
      channel(world, callId, { answeredAt: world.now, bridgedTo: world.leg(1), bridgedAt: world.now }),
      legChannel(world, 1, { bridgedTo: callId }),
    ];
    world.fact({ type: 'link-up', at: world.now, channels });
    expect(world.agent(1)).toMatchObject({ state: 'talking', callId });
    expect(world.sent('hang-up')).toEqual([]);
  });

  test('an answer and a bridge that were missed meanwhile are made up for', () => {
    const { world, callId } = oneLine();
    world.answered(callId);
    world.fact({ type: 'link-down', at: world.now, reason: 'gone' });
    world.pass(5000);
    expect(world.call(callId)).toMatchObject({ state: 'bridging' });
    const bridgedAt = (world.now - 4900) as EpochMs;
    const channels = [
      channel(world, callId, { answeredAt: world.now - 5000, bridgedTo: world.leg(1), bridgedAt }),
      legChannel(world, 1),
    ];
    world.fact({ type: 'link-up', at: world.now, channels });
    expect(world.agent(1)).toMatchObject({ state: 'talking', callId });
    world.ended(callId, 'customer');
    expect(world.ending(callId)).toMatchObject({
      call: { times: { bridgedAt } },
      ledger: { isAbandoned: false },
    });
  });

  test('somebody who answered meanwhile and waited beyond the legal moment hears the message, not an agent', () => {
    const { world, callId } = oneLine();
    world.rang(callId);
    world.fact({ type: 'link-down', at: world.now, reason: 'gone' });
    world.pass(5000);
    const channels = [channel(world, callId, { answeredAt: world.now - 3000 }), legChannel(world, 1)];
    world.fact({ type: 'link-up', at: world.now, channels });
    world.pass(50);
    expect(world.sent('bridge')).toEqual([]);
    expect(world.sent('play-message')).toMatchObject([{ callId }]);
  });

  test('somebody who answered just now still gets an agent', () => {
    const { world, callId } = oneLine();
    world.rang(callId);
    world.fact({ type: 'link-down', at: world.now, reason: 'gone' });
    world.pass(5000);
    const channels = [channel(world, callId, { answeredAt: world.now - 300 }), legChannel(world, 1)];
    world.fact({ type: 'link-up', at: world.now, channels });
    expect(world.sent('bridge')).toMatchObject([{ callId }]);
  });

  test('calls and phones that are gone have ended', () => {
    const world = new PoolWorld({ seats: 2 });
    const { callId, number } = world.talk();
    world.pass(3000);
    world.fact({ type: 'link-down', at: world.now, reason: 'gone' });
    world.fact({ type: 'link-up', at: world.now, channels: [] });
    expect(world.ending(callId)).toMatchObject({ call: { ending: 'connected' } });
    expect(world.agent(number)).toMatchObject({ state: 'phone-lost' });
    expect(world.loop.desk(agentId(number), world.time)?.call).toMatchObject({ needsDisposition: true });
  });

  test('channels that nobody knows are hung up', () => {
    const world = new PoolWorld({ seats: 1, ready: 0 });
    const channels = [
      channel(world, 'unknown-call' as CallId, { answeredAt: world.now }),
      channel(world, 'unknown-leg' as LegId, { purpose: 'agent-leg', agentId: 'nobody' as AgentId }),
    ];
    world.fact({ type: 'channels-seen', at: world.now, channels });
    expect(world.sent('hang-up').map(({ channelId }) => channelId)).toEqual(['unknown-call', 'unknown-leg']);
  });
});

describe('a look at what is up', () => {
  test('says nothing about a call that was dialled after it had begun', () => {
    const { world, callId } = oneLine();
    world.pass(5000);
    world.rang(callId);
    world.fact({ type: 'channels-seen', at: (world.now - 100) as EpochMs, channels: [legChannel(world, 1)] });
    expect(world.call(callId)).toMatchObject({ state: 'ringing' });
    world.pass(1000);
    world.fact({ type: 'channels-seen', at: world.now, channels: [legChannel(world, 1)] });
    expect(world.ending(callId)).toMatchObject({ call: { ending: 'lost' } });
  });

  test('does not take a call for lost whose row the switch has not written yet', () => {
    const { world, callId } = oneLine();
    world.rang(callId);
    world.pass(2000);
    world.fact({ type: 'channels-seen', at: world.now, channels: [legChannel(world, 1)] });
    expect(world.call(callId)).toMatchObject({ state: 'ringing' });
    world.pass(1000);
    world.fact({ type: 'channels-seen', at: world.now, channels: [legChannel(world, 1)] });
    expect(world.ending(callId)).toMatchObject({ call: { ending: 'lost' } });
  });

  test('gives a call of which nothing was heard twelve seconds, then two looks', () => {
    const world = new PoolWorld({ seats: 1 });
    world.pass(100);
    const [callId] = world.dialled;
    const look = () => {
      world.fact({ type: 'channels-seen', at: world.now, channels: [legChannel(world, 1)] });
    };
    world.pass(11_000);
    look();
    look();
    expect(world.call(callId!)).not.toBeNull();
    world.pass(1100);
    look();
    expect(world.call(callId!)).not.toBeNull();
    look();
    expect(world.ending(callId!)).not.toBeNull();
  });
});

describe('an answer that we missed', () => {
  const told = (world: PoolWorld, callId: CallId, agoMs: number) =>
    ({ callId, at: world.now, answeredAt: (world.now - agoMs) as EpochMs, ageMs: ms(agoMs) }) as const;

  test('is heard of when the switch keeps him waiting: he gets an agent, and his time began with the answer', () => {
    const { world, callId } = oneLine();
    world.pass(1000);
    world.fact({ type: 'waits', ...told(world, callId, 800) });
    expect(world.sent('bridge')).toMatchObject([{ callId }]);
    expect(world.call(callId)).toMatchObject({ state: 'bridging' });
    world.bridgeFailed(callId);
    world.pass(1150);
    expect(world.sent('play-message')).toEqual([]);
    world.pass(100);
    expect(world.sent('play-message')).toMatchObject([{ callId }]);
  });

  test('is heard of at his end: he is in the ledger, and no answer short', () => {
    const { world, callId } = oneLine();
    world.pass(1000);
    const raw = { hangupCause: 'NORMAL_CLEARING', sipStatus: 200, q850Cause: 16 };
    const end = { hungUpBy: 'us', unanswered: 'no-answer', raw } as const;
    world.fact({ type: 'call-ended', ...told(world, callId, 900), ...end });
    expect(world.ending(callId)).toMatchObject({
      call: { ending: 'human-abandoned', times: { answeredAt: world.now - 900 } },
      ledger: { isAbandoned: true },
    });
    expect(world.sent('bridge')).toEqual([]);
  });

  test('is heard of with the message: then no bridge follows, and nothing is played twice', () => {
    const { world, callId } = oneLine();
    world.pass(4000);
    world.fact({ type: 'message-started', ...told(world, callId, 3500) });
    world.pass(1000);
    expect(world.call(callId)).toMatchObject({ state: 'message' });
    expect([...world.sent('bridge'), ...world.sent('play-message')]).toEqual([]);
    world.ended(callId, 'us');
    expect(world.ending(callId)).toMatchObject({
      call: { ending: 'human-abandoned' },
      ledger: { isAbandoned: true },
    });
  });
});

describe('after a moment in which we stood still', () => {
  test('a person has waited since his answer: beyond the legal moment he is offered to nobody', () => {
    const { world, callId } = oneLine();
    world.fact({ type: 'answered', callId, at: world.now, ageMs: ms(2500) });
    world.pass(100);
    expect(world.sent('bridge')).toEqual([]);
    expect(world.sent('play-message')).toMatchObject([{ callId }]);
  });

  test('a message that the switch began is not begun again, and no bridge follows', () => {
    const { world, callId } = oneLine();
    world.fact({ type: 'leg-ended', legId: world.leg(1), at: world.now, reason: 'gone' });
    world.fact({ type: 'answered', callId, at: world.now, ageMs: ms(0) });
    world.fact({ type: 'message-started', callId, at: world.now });
    world.signIn(1);
    world.pass(3000);
    expect([...world.sent('bridge'), ...world.sent('play-message')]).toEqual([]);
  });
});

describe('a clock that is set right', () => {
  test('by half a minute cuts no ring, ends nobody’s wait and no wrap-up', () => {
    const world = new PoolWorld({ seats: 3 });
    const talk = world.talk();
    world.ended(talk.callId, 'customer');
    expect(world.agent(talk.number)).toMatchObject({ state: 'wrapping-up' });
    const [, ringing, waiting] = world.dialled as [CallId, CallId, CallId];
    for (const number of [1, 2, 3].filter((other) => other !== talk.number))
      world.fact({ type: 'leg-ended', legId: world.leg(number), at: world.now, reason: 'gone' });
    world.rang(ringing);
    world.answered(waiting);
    world.commands.length = 0;
    world.pass(1000);
    world.clockStepMs = 29_500;
    world.pass(500);
    expect(world.sent('hang-up')).toEqual([]);
    expect(world.sent('play-message')).toEqual([]);
    expect(world.agent(talk.number)).toMatchObject({ state: 'wrapping-up' });
    world.pass(24_000);
    expect(world.sent('hang-up')).toEqual([{ do: 'hang-up', channelId: ringing }]);
  });

  test('that was an hour ahead for a second stops nothing', () => {
    const world = new PoolWorld({ seats: 1, leads: 0 });
    world.clockStepMs = 3_600_000;
    world.pass(1000);
    world.clockStepMs = 0;
    world.effects.length = 0;
    world.pass(6000);
    const asked = new Set(world.effects.map((effect) => effect.do));
    expect([...asked]).toEqual(expect.arrayContaining(['show', 'look-for-callbacks', 'claim']));
  });

  test('backwards ends a wrap-up no later', () => {
    const world = new PoolWorld({ seats: 1 });
    const { callId } = world.talk();
    world.ended(callId, 'customer');
    world.clockStepMs = -3_600_000;
    world.pass(29_000);
    expect(world.agent(1)).toMatchObject({ state: 'wrapping-up' });
    world.pass(1100);
    expect(world.agent(1)).toMatchObject({ state: 'paused' });
  });
});
