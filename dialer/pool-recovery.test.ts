import { describe, expect, test } from 'vitest';
import { NOON } from '../compliance/candidate.fixture.ts';
import type { AgentId, CallId, CampaignId, Epoch, LeadId, LegId, NumberId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import type { EpochMs } from '../kernel/time.ts';
import { newAgent, type Agent, type AgentStage } from './agent.ts';
import type { CallTimes } from './call.ts';
import type { OpenAttempt } from './pool-event.ts';
import { agentId, POOL, PoolWorld } from './pool-world.fixture.ts';
import type { ChannelSnapshot } from './telephony.ts';

const at = (ms: number): EpochMs => (NOON + ms) as EpochMs;
const CALL = 'left-call' as CallId;
const LEG = 'left-leg' as LegId;

function attempt(times: Partial<CallTimes> = {}, id = CALL): OpenAttempt {
  return {
    identity: {
      id,
      purpose: 'campaign',
      campaignId: 'campaign' as CampaignId,
      leadId: `lead-of-${id}` as LeadId,
      numberId: 'number' as NumberId,
      phone: '+13055550999' as PhoneNumber,
      placedAt: at(-20_000),
      forAgentId: null,
    },
    times: {
      dialledAt: at(-19_000),
      rangAt: at(-18_000),
      answeredAt: null,
      bridgedAt: null,
      messageAt: null,
      agentId: null,
      ...times,
    },
    lead: { attempts: 0, attemptsMax: 6, numbers: [] },
  };
}

const BRIDGED: Partial<CallTimes> = { answeredAt: at(-8000), bridgedAt: at(-7900), agentId: agentId(1) };

function agent(stage: AgentStage, number = 1): Agent {
  return { ...newAgent(agentId(number), at(-60_000)), ...stage };
}
const talking = agent({ state: 'talking', legId: LEG, callId: CALL, isDisposed: false });

const channel = (more: Partial<ChannelSnapshot> = {}): ChannelSnapshot => ({
  channelId: CALL,
  poolId: POOL,
  epoch: 1 as Epoch,
  purpose: 'call',
  agentId: null,
  answeredAt: null,
  bridgedTo: null,
  bridgedAt: null,
  ...more,
});
const leg = (more: Partial<ChannelSnapshot> = {}): ChannelSnapshot =>
  channel({ channelId: LEG, purpose: 'agent-leg', agentId: agentId(1), answeredAt: at(-50_000), ...more });

/** The owner before us is dead: these are its attempts and agents, and this is what the switch shows. */
function takeOver(
  left: { attempts?: readonly OpenAttempt[]; agents?: readonly Agent[] },
  channels: readonly ChannelSnapshot[] | null,
): PoolWorld {
  const took = { attempts: left.attempts ?? [attempt()], agents: left.agents ?? [] };
  return new PoolWorld({ seats: 2, ready: 0, leads: 0, took, channels });
}

describe('a call that is up', () => {
  test('unanswered, is ended, for nobody paced it: lost, and an attempt', () => {
    const world = takeOver({ attempts: [attempt({ dialledAt: null, rangAt: null })] }, [channel()]);
    world.tick();
    expect(world.effects).toContainEqual({ do: 'switch', command: { do: 'hang-up', channelId: CALL } });
    world.ended(CALL, 'us');
    expect(world.ending(CALL)).toMatchObject({
      call: { ending: 'lost', times: { dialledAt: at(-20_000) } },
      ledger: null,
    });
  });

  test('in talk, goes on: nothing is sent to either leg, and it ends as any other', () => {
    const channels = [
      channel({ answeredAt: at(-8000), bridgedTo: LEG, bridgedAt: at(-7900) }),
      leg({ bridgedTo: CALL }),
    ];
    const world = takeOver({ attempts: [attempt(BRIDGED)], agents: [talking] }, channels);
    world.pass(10_000);
    expect(world.effects.filter((effect) => effect.do === 'switch')).toEqual([]);
    expect(world.agent(1)).toMatchObject({ state: 'talking', callId: CALL });
    world.ended(CALL, 'customer');
    expect(world.ending(CALL)).toMatchObject({
      call: { ending: 'connected' },
      ledger: { isAbandoned: false },
    });
    expect(world.agent(1)).toMatchObject({ state: 'wrapping-up' });
  });

  test.each<[string, AgentStage]>([
    ['ready', { state: 'ready', legId: LEG }],
    ['reserved', { state: 'reserved', legId: LEG, callId: CALL }],
    ['wrapping-up', { state: 'wrapping-up', legId: LEG, callId: 'before' as CallId, until: at(5000) }],
    ['paused', { state: 'paused', legId: LEG, reason: 'lunch', unfinishedCallId: null }],
    ['signed out', { state: 'signed-out', unfinishedCallId: null }],
  ])('in talk with an agent whom the tables still have as %s: the switch is believed', (_, stage) => {
    const channels = [
      channel({ answeredAt: at(-300), bridgedTo: LEG, bridgedAt: at(-200) }),
      leg({ bridgedTo: CALL }),
    ];
    const world = takeOver({ attempts: [attempt()], agents: [agent(stage)] }, channels);
    expect(world.agent(1)).toMatchObject({ state: 'talking', callId: CALL });
    world.ended(CALL, 'customer');
    expect(world.ending(CALL)).toMatchObject({
      call: {
        ending: 'connected',
        times: { answeredAt: at(-300), bridgedAt: at(-200), agentId: agentId(1) },
      },
      ledger: { isAbandoned: false },
    });
  });

  test('in talk, whose bridge somebody undid, is bridged again after a second look that shows both ends alone', () => {
    const channels = [
      channel({ answeredAt: at(-8000), bridgedTo: LEG, bridgedAt: at(-7900) }),
      leg({ bridgedTo: CALL }),
    ];
    const world = takeOver({ attempts: [attempt(BRIDGED)], agents: [talking] }, channels);
    const alone = [channel({ answeredAt: at(-8000) }), leg()];
    world.fact({ type: 'channels-seen', at: world.now, channels: alone });
    expect(world.sent('resume')).toEqual([]);
    world.pass(3000);
    expect(world.sent('see-channels')).toHaveLength(1);
    world.fact({ type: 'channels-seen', at: world.now, channels: alone });
    expect(world.sent('resume')).toMatchObject([{ callId: CALL, legId: LEG }]);
    world.fact({ type: 'channels-seen', at: world.now, channels: channels });
    world.fact({ type: 'channels-seen', at: world.now, channels: alone });
    expect(world.sent('resume')).toHaveLength(1);
    expect(world.agent(1)).toMatchObject({ state: 'talking', callId: CALL });
  });

  test('on hold, is still held by its agent', () => {
    const onHold = agent({ state: 'on-hold', legId: LEG, callId: CALL, isDisposed: false });
    const channels = [channel({ answeredAt: at(-8000) }), leg()];
    const world = takeOver({ attempts: [attempt(BRIDGED)], agents: [onHold] }, channels);
    expect(world.agent(1)).toMatchObject({ state: 'on-hold', callId: CALL });
    for (let looks = 0; looks < 3; looks += 1) world.fact({ type: 'channels-seen', at: world.now, channels });
    expect(world.sent('resume')).toEqual([]);
    expect(world.command(1, { type: 'resume' })).toEqual({ ok: true });
    world.ended(CALL, 'customer');
    expect(world.ending(CALL)).toMatchObject({ call: { ending: 'connected' } });
  });

  test('on hold, whom two looks show bridged to his agent, is in talk: the wish was lost on its way', () => {
    const channels = [
      channel({ answeredAt: at(-8000), bridgedTo: LEG, bridgedAt: at(-7900) }),
      leg({ bridgedTo: CALL }),
    ];
    const world = takeOver({ attempts: [attempt(BRIDGED)], agents: [talking] }, channels);
    world.command(1, { type: 'hold' });
    const alone = [channel({ answeredAt: at(-8000) }), leg()];
    // A look that was under way, and one that shows him held.
    world.fact({ type: 'channels-seen', at: world.now, channels });
    world.fact({ type: 'channels-seen', at: world.now, channels: alone });
    expect(world.agent(1)).toMatchObject({ state: 'on-hold' });
    world.pass(10_000);
    world.commands.length = 0;
    world.fact({ type: 'channels-seen', at: world.now, channels });
    expect(world.agent(1)).toMatchObject({ state: 'on-hold' });
    world.pass(3000);
    expect(world.sent('see-channels')).toHaveLength(1);
    world.fact({ type: 'channels-seen', at: world.now, channels });
    expect(world.agent(1)).toMatchObject({ state: 'talking', callId: CALL });
    expect(world.sent('resume')).toEqual([]);
  });

  test('answered just now and waiting, gets an agent within its legal time', () => {
    const ready = agent({ state: 'ready', legId: LEG });
    const world = takeOver({ agents: [ready] }, [channel({ answeredAt: at(-500) }), leg()]);
    world.tick();
    expect(world.sent('bridge')).toMatchObject([{ callId: CALL, legId: LEG }]);
    world.bridged(CALL);
    expect(world.agent(1)).toMatchObject({ state: 'talking' });
  });

  test('reserved for an agent who never got it, is offered again', () => {
    const reserved = agent({ state: 'reserved', legId: LEG, callId: CALL });
    const world = takeOver({ agents: [reserved] }, [channel({ answeredAt: at(-500) }), leg()]);
    world.tick();
    expect(world.sent('bridge')).toMatchObject([{ callId: CALL, agentId: agentId(1) }]);
  });

  test('answered and waiting beyond the legal moment, hears the message and nobody is bridged any more', () => {
    const ready = agent({ state: 'ready', legId: LEG });
    const world = takeOver({ attempts: [attempt({ answeredAt: at(-6000) })], agents: [ready] }, [
      channel({ answeredAt: at(-6000) }),
      leg(),
    ]);
    world.tick();
    expect(world.sent('bridge')).toEqual([]);
    expect(world.sent('play-message')).toMatchObject([{ callId: CALL }]);
    world.ended(CALL, 'us');
    expect(world.ending(CALL)).toMatchObject({
      call: { ending: 'human-abandoned' },
      ledger: { isAbandoned: true },
    });
  });

  test('hearing the message already, is let hear it', () => {
    const world = takeOver({ attempts: [attempt({ answeredAt: at(-6000), messageAt: at(-4000) })] }, [
      channel({ answeredAt: at(-6000) }),
    ]);
    world.pass(1000);
    expect(world.effects.filter((effect) => effect.do === 'switch')).toEqual([]);
  });

  test("whose agent's phone went while nobody was there, goes first to the next agent", () => {
    const world = takeOver({ attempts: [attempt(BRIDGED)], agents: [talking] }, [
      channel({ answeredAt: at(-8000) }),
    ]);
    expect(world.agent(1)).toMatchObject({ state: 'phone-lost' });
    world.signIn(2);
    expect(world.sent('bridge')).toMatchObject([{ callId: CALL, agentId: agentId(2) }]);
  });

  test('of nobody, whatever it does, is hung up', () => {
    const world = takeOver({ attempts: [] }, [channel({ answeredAt: at(-8000), bridgedTo: LEG })]);
    expect(world.effects).toContainEqual({ do: 'switch', command: { do: 'hang-up', channelId: CALL } });
  });
});

describe('an attempt that nobody can show', () => {
  const see = (world: PoolWorld, channels: readonly ChannelSnapshot[] = []): void => {
    world.fact({ type: 'channels-seen', at: world.now, channels });
  };

  test('is lost only after five seconds and two empty looks, and its number stays closed until then', () => {
    const world = takeOver({}, []);
    expect(world.endings()).toEqual([]);
    world.pass(2950);
    expect(world.sent('see-channels')).toEqual([]);
    world.pass(50);
    expect(world.sent('see-channels')).toHaveLength(1);
    see(world);
    // Two looks, but not five seconds yet.
    expect(world.endings()).toEqual([]);
    world.pass(3000);
    expect(world.sent('see-channels')).toHaveLength(2);
    see(world);
    expect(world.ending(CALL)).toMatchObject({ call: { ending: 'lost' }, ledger: { isAbandoned: true } });
    world.pass(20_000);
    expect(world.sent('see-channels')).toHaveLength(2);
    see(world);
    expect(world.endings()).toHaveLength(1);
  });

  test('is not lost at the first look, however late it comes', () => {
    const world = takeOver({}, null);
    world.pass(10_000);
    world.fact({ type: 'link-up', at: world.now, channels: [] });
    world.pass(1000);
    expect(world.endings()).toEqual([]);
    see(world);
    expect(world.endings()).toHaveLength(1);
  });

  test('is not lost by time alone', () => {
    const world = takeOver({}, []);
    world.pass(60_000);
    expect(world.endings()).toEqual([]);
    see(world);
    expect(world.endings()).toHaveLength(1);
  });

  test('that comes to light at the second look is adopted', () => {
    const world = takeOver({}, []);
    world.pass(6000);
    see(world, [channel({ answeredAt: at(-8000) })]);
    world.tick();
    expect(world.sent('play-message')).toMatchObject([{ callId: CALL }]);
    see(world, [channel({ answeredAt: at(-8000) })]);
    expect(world.endings()).toEqual([]);
  });

  test.each<[string, Partial<CallTimes>, { ending: string; isAbandoned?: boolean }]>([
    ['was dialled', {}, { ending: 'lost', isAbandoned: true }],
    [
      'was not proven to be dialled',
      { dialledAt: null, rangAt: null },
      { ending: 'lost', isAbandoned: true },
    ],
    ['had been answered', { answeredAt: at(-8000) }, { ending: 'human-abandoned', isAbandoned: true }],
    [
      'heard the message',
      { answeredAt: at(-8000), messageAt: at(-6000) },
      { ending: 'human-abandoned', isAbandoned: true },
    ],
    ['had an agent in time', BRIDGED, { ending: 'connected', isAbandoned: false }],
    [
      'had an agent too late',
      { ...BRIDGED, bridgedAt: at(-5000) },
      { ending: 'connected', isAbandoned: true },
    ],
  ])('and that %s: what cannot be proven counts against us', (_, times, end) => {
    const world = takeOver({ attempts: [attempt(times)] }, []);
    world.pass(6000);
    see(world);
    const stored = world.ending(CALL);
    expect(stored?.call.ending).toBe(end.ending);
    expect(stored?.call.times.dialledAt).not.toBeNull();
    expect(stored?.ledger?.isAbandoned).toBe(end.isAbandoned);
  });

  test('frees the agent who was in talk, with a wrap-up to dispose in', () => {
    const world = takeOver({ attempts: [attempt(BRIDGED)], agents: [talking] }, [leg()]);
    expect(world.agent(1)).toMatchObject({ state: 'wrapping-up', callId: CALL });
    expect(world.command(1, { type: 'disposed', callId: CALL, next: 'ready' })).toEqual({ ok: true });
  });
});

describe('agents', () => {
  const left: readonly Agent[] = [
    agent({ state: 'ready', legId: LEG }),
    agent({ state: 'ready', legId: 'other-leg' as LegId }, 2),
  ];

  test('whose phone is up go on as they were, the others have lost it', () => {
    const world = takeOver({ attempts: [], agents: left }, [leg()]);
    expect(world.agent(1)).toMatchObject({ state: 'ready' });
    expect(world.agent(2)).toMatchObject({ state: 'phone-lost' });
  });

  test('whose phone was ringing and has been answered meanwhile are signed in', () => {
    const calling = agent({ state: 'phone-connecting', legId: LEG, unfinishedCallId: null });
    expect(takeOver({ attempts: [], agents: [calling] }, [leg()]).agent(1)).toMatchObject({
      state: 'paused',
    });
  });

  test('phones of nobody are hung up', () => {
    const world = takeOver({ attempts: [] }, [leg()]);
    expect(world.effects).toContainEqual({ do: 'switch', command: { do: 'hang-up', channelId: LEG } });
  });

  test('without a seat any more are left out', () => {
    const stranger = { ...agent({ state: 'ready', legId: LEG }), id: 'stranger' as AgentId };
    expect(() => takeOver({ attempts: [], agents: [stranger] }, [leg()])).not.toThrow();
  });
});

test('nothing is dialled before the switch has shown its channels, then at once', () => {
  const took = { attempts: [attempt()], agents: [agent({ state: 'ready', legId: LEG })] };
  const world = new PoolWorld({ seats: 1, ready: 0, took, channels: null, leads: Infinity });
  world.pass(5000);
  expect(world.dialled).toEqual([]);
  expect(world.why).toContain('switch');
  world.fact({ type: 'link-up', at: world.now, channels: [leg()] });
  world.tick();
  expect(world.dialled).toHaveLength(1);
});

test('abandonment is counted once, whoever ends the call in the end', () => {
  const world = takeOver({ attempts: [attempt({ answeredAt: at(-6000) })] }, [
    channel({ answeredAt: at(-6000) }),
  ]);
  world.tick();
  world.ended(CALL, 'us');
  world.ended(CALL, 'us');
  world.fact({ type: 'channels-seen', at: world.now, channels: [] });
  world.pass(20_000);
  world.fact({ type: 'channels-seen', at: world.now, channels: [] });
  expect(world.endings()).toHaveLength(1);
  expect(world.loop.view(world.time).campaigns[0]?.today).toMatchObject({ humanAnswers: 1, abandoned: 1 });
});
