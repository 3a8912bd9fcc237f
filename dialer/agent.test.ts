import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AgentId, CallId, CampaignId, LeadId, LegId, NumberId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import type { EpochMs } from '../kernel/time.ts';
import {
  advanceAgent,
  isInTalk,
  newAgent,
  NEXT_AGENT_STATES,
  NO_DISPOSITION,
  unfinished,
  type Agent,
  type AgentEvent,
  type AgentState,
  type LeadPreview,
} from './agent.ts';

const START = Date.parse('2026-12-02T15:00:00Z') as EpochMs;
const at = (seconds: number): EpochMs => (START + seconds * 1000) as EpochMs;
const LEG = 'leg' as LegId;
const CALL = 'call-1' as CallId;
const OTHER = 'call-2' as CallId;

/** States of steps that do not exist yet: consultation. Nothing leads into them. */
const LATER: readonly AgentState[] = ['consulting'];
const PREVIEW: LeadPreview = {
  ...{ campaignId: 'campaign' as CampaignId, leadId: 'lead' as LeadId, numberId: 'number' as NumberId },
  ...{ phone: '+13055550100' as PhoneNumber, purpose: 'preview', until: at(60) },
};

const anyCall = fc.constantFrom(CALL, CALL, CALL, OTHER);
const anyLeg = fc.constantFrom(LEG, LEG, LEG, 'other-leg' as LegId);
const anyEvent: fc.Arbitrary<AgentEvent> = fc.oneof(
  anyLeg.map((legId): AgentEvent => ({ type: 'phone-called', legId })),
  anyLeg.map((legId): AgentEvent => ({ type: 'phone-answered', legId })),
  anyLeg.map((legId): AgentEvent => ({ type: 'phone-ended', legId })),
  fc.constant<AgentEvent>({ type: 'ready-asked' }),
  fc.boolean().map((isBound): AgentEvent => ({ type: 'pause-asked', reason: 'lunch', isBound })),
  fc.boolean().map((isBound): AgentEvent => ({ type: 'sign-out-asked', isBound })),
  fc.constant<AgentEvent>({ type: 'unbound' }),
  anyCall.map((callId): AgentEvent => ({ type: 'reserved', callId })),
  anyCall.map((callId): AgentEvent => ({ type: 'offer-failed', callId })),
  anyCall.map((callId): AgentEvent => ({ type: 'talk-began', callId })),
  fc.constant<AgentEvent>({ type: 'preview-shown', preview: PREVIEW }),
  fc
    .constantFrom(PREVIEW.leadId, 'other' as LeadId)
    .map((leadId): AgentEvent => ({ type: 'preview-over', leadId })),
  anyCall.map((callId): AgentEvent => ({ type: 'dial-began', callId })),
  fc.constant<AgentEvent>({ type: 'held' }),
  fc.constant<AgentEvent>({ type: 'resumed' }),
  anyCall.map((callId): AgentEvent => ({ type: 'talk-ended', callId, wrapUntil: at(0) })),
  fc
    .tuple(anyCall, fc.constantFrom('ready', 'pause'))
    .map(([callId, next]): AgentEvent => ({ type: 'disposed', callId, next })),
  anyCall.map((callId): AgentEvent => ({ type: 'wrap-extended', callId, until: at(0) })),
  fc.constant<AgentEvent>({ type: 'wrap-expired' }),
);
const PATH: readonly AgentEvent[] = [
  { type: 'phone-called', legId: LEG },
  { type: 'phone-answered', legId: LEG },
  { type: 'ready-asked' },
  { type: 'reserved', callId: CALL },
  { type: 'talk-began', callId: CALL },
  { type: 'held' },
];
/** Some way along the usual path, then anything. */
const anyShift = fc
  .tuple(fc.nat(PATH.length), fc.array(anyEvent, { maxLength: 40, size: 'max' }))
  .map(([steps, events]): AgentEvent[] => [...PATH.slice(0, steps), ...events]);

function walk(events: readonly AgentEvent[]): Agent {
  let agent = newAgent('ann' as AgentId, START);
  events.forEach((event, index) => {
    ({ agent } = advanceAgent(agent, event, at(index + 1)));
  });
  return agent;
}

const callInHand = (agent: Agent): CallId | null => ('callId' in agent ? agent.callId : null);

describe('in any order of events', () => {
  test('every edge of the table is used, but for those of later steps, and none beside it', () => {
    const used = new Set<string>();
    fc.assert(
      fc.property(anyShift, (events) => {
        let agent = newAgent('ann' as AgentId, START);
        for (const event of events) {
          const step = advanceAgent(agent, event, at(1));
          if (step.agent.state !== agent.state) used.add(`${agent.state} -> ${step.agent.state}`);
          ({ agent } = step);
        }
      }),
      { numRuns: 4000 },
    );
    const drawn = Object.entries(NEXT_AGENT_STATES).flatMap(([from, next]: [string, readonly AgentState[]]) =>
      next
        .filter((to) => !LATER.includes(to) && !LATER.includes(from as AgentState))
        .map((to) => `${from} -> ${to}`),
    );
    expect([...used].sort()).toEqual(drawn.sort());
  });

  test('an agent never goes from one call to another without having been free', () => {
    fc.assert(
      fc.property(anyShift, (events) => {
        let agent = newAgent('ann' as AgentId, START);
        for (const event of events) {
          const next = advanceAgent(agent, event, at(1)).agent;
          const [before, now] = [callInHand(agent), callInHand(next)];
          if (before !== null && now !== null) expect(now).toBe(before);
          agent = next;
        }
      }),
    );
  });

  test('whoever has talked gets no other call before he has disposed of it', () => {
    fc.assert(
      fc.property(anyShift, (events) => {
        let agent = newAgent('ann' as AgentId, START);
        let owed: CallId | null = null;
        for (const event of events) {
          const step = advanceAgent(agent, event, at(1));
          ({ agent } = step);
          if (step.fits && event.type === 'talk-began') owed = event.callId;
          if (step.fits && event.type === 'disposed' && event.callId === owed) owed = null;
          expect(unfinished(agent)).toBe(owed);
          if (agent.state === 'ready' || agent.state === 'reserved') expect(owed).toBeNull();
        }
      }),
    );
  });

  test('what does not fit changes nothing and causes nothing', () => {
    fc.assert(
      fc.property(anyShift, (events) => {
        let agent = newAgent('ann' as AgentId, START);
        for (const event of events) {
          const step = advanceAgent(agent, event, at(1));
          if (!step.fits) expect(step).toEqual({ agent, effects: [], fits: false });
          ({ agent } = step);
        }
      }),
    );
  });

  test('a leg that is called is let go by exactly one of: its own end, or our hang-up', () => {
    fc.assert(
      fc.property(anyShift, (events) => {
        let agent = newAgent('ann' as AgentId, START);
        let up: LegId | null = null;
        for (const event of events) {
          const step = advanceAgent(agent, event, at(1));
          ({ agent } = step);
          if (step.fits && event.type === 'phone-ended') up = null;
          for (const effect of step.effects) {
            if (effect.do === 'call-phone') {
              expect(up).toBeNull();
              up = effect.legId;
            }
            if (effect.do === 'hang-up-phone') {
              expect(effect.legId).toBe(up);
              up = null;
            }
          }
          expect('legId' in agent ? agent.legId : null).toBe(up);
        }
      }),
    );
  });

  test('no wish to leave outlives the sign-out, or goes into the next connection', () => {
    fc.assert(
      fc.property(anyShift, (events) => {
        const agent = walk(events);
        if (agent.state === 'signed-out' || agent.state === 'phone-connecting')
          expect(agent.wanted).toBeNull();
      }),
    );
  });
});

const SIGNED_IN: readonly AgentEvent[] = [
  { type: 'phone-called', legId: LEG },
  { type: 'phone-answered', legId: LEG },
];
const READY: readonly AgentEvent[] = [...SIGNED_IN, { type: 'ready-asked' }];
const RESERVED: readonly AgentEvent[] = [...READY, { type: 'reserved', callId: CALL }];
const TALKING: readonly AgentEvent[] = [...RESERVED, { type: 'talk-began', callId: CALL }];
const TALK_ENDED: AgentEvent = { type: 'talk-ended', callId: CALL, wrapUntil: at(60) };
const WRAPPING_UP: readonly AgentEvent[] = [...TALKING, TALK_ENDED];
const PAUSE: AgentEvent = { type: 'pause-asked', reason: 'lunch', isBound: false };
const PAUSE_BOUND: AgentEvent = { type: 'pause-asked', reason: 'lunch', isBound: true };
const SIGN_OUT: AgentEvent = { type: 'sign-out-asked', isBound: false };
const SIGN_OUT_BOUND: AgentEvent = { type: 'sign-out-asked', isBound: true };
const DISPOSED: AgentEvent = { type: 'disposed', callId: CALL, next: 'ready' };

describe('the wish to leave', () => {
  test('is granted at once to whoever is idle', () => {
    expect(walk([...READY, PAUSE])).toMatchObject({ state: 'paused', reason: 'lunch', wanted: null });
    expect(walk([...READY, SIGN_OUT])).toMatchObject({ state: 'signed-out', wanted: null });
  });

  test('waits while lines ring that were dialled for him, and is granted when they are gone', () => {
    expect(walk([...READY, PAUSE_BOUND])).toMatchObject({ state: 'ready', wanted: { type: 'pause' } });
    expect(walk([...READY, PAUSE_BOUND, { type: 'unbound' }])).toMatchObject({ state: 'paused' });
    expect(walk([...READY, SIGN_OUT_BOUND, { type: 'unbound' }])).toMatchObject({ state: 'signed-out' });
  });

  test('is taken back by asking to be ready', () => {
    expect(walk([...READY, PAUSE_BOUND, { type: 'ready-asked' }])).toMatchObject({
      state: 'ready',
      wanted: null,
    });
    expect(walk([...TALKING, SIGN_OUT, { type: 'ready-asked' }])).toMatchObject({
      state: 'talking',
      wanted: null,
    });
  });

  test.each<[string, readonly AgentEvent[]]>([
    ['reserved', RESERVED],
    ['talking', TALKING],
    ['on-hold', [...TALKING, { type: 'held' }]],
    ['wrapping-up', WRAPPING_UP],
  ])('is a request while %s', (state, events) => {
    expect(walk([...events, PAUSE])).toMatchObject({ state, wanted: { type: 'pause', reason: 'lunch' } });
    expect(walk([...events, SIGN_OUT])).toMatchObject({ state, wanted: { type: 'sign-out' } });
  });

  test('asked between reserve and bridge: the offer that fails lets him go, the one that comes about is talked first', () => {
    expect(walk([...RESERVED, PAUSE, { type: 'offer-failed', callId: CALL }])).toMatchObject({
      state: 'paused',
      reason: 'lunch',
    });
    expect(walk([...RESERVED, PAUSE, { type: 'talk-began', callId: CALL }])).toMatchObject({
      state: 'talking',
      wanted: { type: 'pause' },
    });
  });

  test('to sign out is not weakened by "pause after this call"', () => {
    const agent = walk([...TALKING, SIGN_OUT, { type: 'disposed', callId: CALL, next: 'pause' }, TALK_ENDED]);
    expect(agent.state).toBe('signed-out');
  });

  test('is forgotten when the phone is called again, and being ready after it lasts', () => {
    const agent = walk([
      ...TALKING,
      PAUSE,
      { type: 'phone-ended', legId: LEG },
      DISPOSED,
      ...SIGNED_IN,
      { type: 'ready-asked' },
    ]);
    expect(agent).toMatchObject({ state: 'ready', wanted: null });
  });
});

describe('an offer that failed', () => {
  test('leaves him his place in the queue', () => {
    const before = walk(READY);
    const after = walk([...RESERVED, { type: 'offer-failed', callId: CALL }]);
    expect(after).toMatchObject({ state: 'ready', idleSince: before.idleSince });
  });

  test('of another call changes nothing', () => {
    expect(walk([...RESERVED, { type: 'offer-failed', callId: OTHER }])).toMatchObject({ state: 'reserved' });
  });
});

describe('after the talk', () => {
  test('he wraps up, and only a disposition makes him ready', () => {
    expect(walk(WRAPPING_UP)).toMatchObject({ state: 'wrapping-up', callId: CALL, until: at(60) });
    expect(advanceAgent(walk(WRAPPING_UP), { type: 'ready-asked' }, at(20)).fits).toBe(false);
    expect(walk([...WRAPPING_UP, DISPOSED])).toMatchObject({ state: 'ready' });
  });

  test('a disposition during the talk spares the wrap-up', () => {
    expect(walk([...TALKING, DISPOSED])).toMatchObject({ state: 'talking', isDisposed: true });
    expect(walk([...TALKING, DISPOSED, TALK_ENDED])).toMatchObject({ state: 'ready' });
    expect(walk([...TALKING, { type: 'held' }, DISPOSED, TALK_ENDED])).toMatchObject({ state: 'ready' });
  });

  test('with "then pause" he pauses', () => {
    const thenPause: AgentEvent = { type: 'disposed', callId: CALL, next: 'pause' };
    expect(walk([...WRAPPING_UP, thenPause])).toMatchObject({ state: 'paused', reason: 'after-call' });
    expect(walk([...TALKING, thenPause, TALK_ENDED])).toMatchObject({
      state: 'paused',
      reason: 'after-call',
    });
  });

  test('at zero without a disposition he is paused and still owes it', () => {
    const agent = advanceAgent(walk(WRAPPING_UP), { type: 'wrap-expired' }, at(60)).agent;
    expect(agent).toMatchObject({ state: 'paused', reason: NO_DISPOSITION, unfinishedCallId: CALL });
    expect(advanceAgent(agent, { type: 'ready-asked' }, at(61)).fits).toBe(false);
    expect(advanceAgent(agent, DISPOSED, at(61)).agent).toMatchObject({ state: 'ready' });
  });

  test('the wrap-up does not end before its time, and more time moves its end', () => {
    expect(advanceAgent(walk(WRAPPING_UP), { type: 'wrap-expired' }, at(59)).fits).toBe(false);
    const longer = advanceAgent(
      walk(WRAPPING_UP),
      { type: 'wrap-extended', callId: CALL, until: at(120) },
      at(30),
    );
    expect(longer.agent).toMatchObject({ state: 'wrapping-up', until: at(120) });
    expect(longer.agent.since).toBe(walk(WRAPPING_UP).since);
  });

  test('a disposition of another call is refused', () => {
    const other: AgentEvent = { type: 'disposed', callId: OTHER, next: 'ready' };
    for (const events of [TALKING, WRAPPING_UP, READY])
      expect(advanceAgent(walk(events), other, at(30)).fits).toBe(false);
  });
});

describe('a phone that vanishes', () => {
  test('while idle: phone-lost, and called again it starts paused', () => {
    expect(walk([...READY, { type: 'phone-ended', legId: LEG }])).toMatchObject({ state: 'phone-lost' });
    expect(walk([...READY, { type: 'phone-ended', legId: LEG }, ...SIGNED_IN])).toMatchObject({
      state: 'paused',
      reason: 'signed-in',
    });
  });

  test.each<[string, readonly AgentEvent[]]>([
    ['reserved', RESERVED],
    ['talking', TALKING],
    ['on-hold', [...TALKING, { type: 'held' }]],
  ])('while %s he leaves the call', (state, events) => {
    const step = advanceAgent(walk(events), { type: 'phone-ended', legId: LEG }, at(30));
    expect(step.agent.state).toBe('phone-lost');
    expect(step.effects).toEqual([{ do: 'leave-call', callId: CALL }]);
    expect(unfinished(step.agent)).toBe(state === 'reserved' ? null : CALL);
  });

  test('of an older connection is none of his', () => {
    expect(advanceAgent(walk(READY), { type: 'phone-ended', legId: 'old' as LegId }, at(9)).fits).toBe(false);
  });
});

test('every agent who talks is in talk, and nobody else', () => {
  const states = Object.keys(NEXT_AGENT_STATES) as AgentState[];
  const inTalk = states.filter((state) =>
    isInTalk({ ...newAgent('ann' as AgentId, START), state, legId: LEG, callId: CALL } as Agent),
  );
  expect(inTalk).toEqual(['talking', 'on-hold', 'consulting']);
});
