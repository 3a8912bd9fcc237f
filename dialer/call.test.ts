import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ENDINGS, type Ending } from '../campaigns/ending.ts';
import type { AgentId, CallId, CampaignId, LeadId, LegId, NumberId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import type { EpochMs } from '../kernel/time.ts';
import {
  advanceCall,
  NEXT_CALL_STATES,
  newCall,
  type Call,
  type CallEvent,
  type CancelReason,
  type HungUpBy,
} from './call.ts';
import type { RawEnd, UnansweredEnding } from './telephony.ts';

const PLACED = Date.parse('2026-12-02T15:00:00Z') as EpochMs;
const at = (ms: number): EpochMs => (PLACED + ms) as EpochMs;
const ANN = { agentId: 'ann' as AgentId, legId: 'ann-leg' as LegId };
const BOB = { agentId: 'bob' as AgentId, legId: 'bob-leg' as LegId };
const RAW: RawEnd = { hangupCause: 'NORMAL_CLEARING', sipStatus: 200, q850Cause: 16 };

const someCall = (): Call =>
  newCall({
    id: 'call' as CallId,
    purpose: 'campaign',
    campaignId: 'campaign' as CampaignId,
    leadId: 'lead' as LeadId,
    numberId: 'number' as NumberId,
    phone: '+13055550100' as PhoneNumber,
    placedAt: PLACED,
    forAgentId: null,
  });

/** Feeds the events a second apart and answers every step. */
function walk(events: readonly CallEvent[]): { call: Call; steps: ReturnType<typeof advanceCall>[] } {
  let call = someCall();
  const steps = events.map((event, index) => {
    const step = advanceCall(call, event, at((index + 1) * 1000));
    ({ call } = step);
    return step;
  });
  return { call, steps };
}

const ended = (hungUpBy: HungUpBy, unanswered: UnansweredEnding = 'carrier-failure'): CallEvent => ({
  type: 'ended',
  hungUpBy,
  unanswered,
  raw: RAW,
});
const cancelled = (reason: CancelReason): CallEvent => ({ type: 'cancelled', reason });
const reserved: CallEvent = { type: 'agent-reserved', ...ANN };
const bridgedTo = (agent: typeof ANN): CallEvent => ({ type: 'bridged', ...agent });

const UNANSWERED: readonly UnansweredEnding[] = [
  'no-answer',
  'busy',
  'rejected',
  'invalid-number',
  'sit',
  'carrier-failure',
];

const anyAgent = fc.constantFrom(ANN, BOB);
const anyEvent: fc.Arbitrary<CallEvent> = fc.oneof(
  ...(
    [
      'dialled',
      'not-dialled',
      'rang',
      'answered',
      'bridge-failed',
      'wait-expired',
      'message-heard',
      'agent-vanished',
    ] as const
  ).map((type) => fc.constant<CallEvent>({ type })),
  fc.constant<CallEvent>({ type: 'answered' }),
  fc
    .tuple(anyAgent, fc.boolean())
    .map(([agent, isHeard]): CallEvent => ({ type: 'answered', by: { ...agent, isHeard } })),
  anyAgent.map((agent): CallEvent => ({ type: 'agent-reserved', ...agent })),
  anyAgent.map((agent): CallEvent => ({ type: 'agent-reserved', ...agent })),
  anyAgent.map((agent): CallEvent => ({ type: 'bridged', ...agent })),
  fc
    .constantFrom<CancelReason>('ring-timeout', 'no-progress', 'revoked', 'taken-over', 'agent')
    .map(cancelled),
  fc
    .tuple(fc.constantFrom<HungUpBy>('customer', 'agent', 'us', 'carrier'), fc.constantFrom(...UNANSWERED))
    .map(([hungUpBy, unanswered]) => ended(hungUpBy, unanswered)),
  fc.constant<CallEvent>({ type: 'vanished' }),
);
const anyOrder = fc.array(anyEvent, { minLength: 1, maxLength: 40, size: 'max' });

describe('in any order of events', () => {
  test('every edge of the table is used and none beside it', () => {
    const used = new Set<string>();
    fc.assert(
      fc.property(anyOrder, (events) => {
        let call = someCall();
        for (const event of events) {
          const { call: next } = advanceCall(call, event, at(1000));
          if (next.state !== call.state) used.add(`${call.state} -> ${next.state}`);
          call = next;
        }
      }),
      { numRuns: 3000 },
    );
    const drawn = Object.entries(NEXT_CALL_STATES).flatMap(([from, next]: [string, readonly string[]]) =>
      next.map((to) => `${from} -> ${to}`),
    );
    expect([...used].sort()).toEqual(drawn.sort());
  });

  test('a call stores its ending exactly once, with one of the closed list, and never moves again', () => {
    fc.assert(
      fc.property(anyOrder, (events) => {
        const { call, steps } = walk(events);
        const stored = steps.flatMap(({ effects }) =>
          effects.filter((effect) => effect.do === 'store-ending'),
        );
        expect(stored).toHaveLength(call.state === 'ended' ? 1 : 0);
        if (call.state !== 'ended') return;
        expect(ENDINGS).toContain(call.ending);
        const first = steps.findIndex((step) => step.call.state === 'ended');
        for (const step of steps.slice(first + 1)) expect(step).toEqual({ call, effects: [] });
      }),
    );
  });

  test('it holds at most one agent at a time and lets each of them go', () => {
    fc.assert(
      fc.property(anyOrder, (events) => {
        const held = new Set<AgentId>();
        let call = someCall();
        for (const event of events) {
          const step = advanceCall(call, event, at(1000));
          // A vanished agent is not told to go: he is gone.
          if (event.type === 'agent-vanished' && 'agentId' in call) held.delete(call.agentId);
          // Whose own leg makes the call is with it before the switch has joined them.
          if (event.type === 'answered' && step.call.state === 'bridging') held.add(step.call.agentId);
          for (const effect of step.effects) {
            if (effect.do === 'bridge' || effect.do === 'talk-began') held.add(effect.agentId);
            if (effect.do === 'release-agent' || effect.do === 'talk-ended') held.delete(effect.agentId);
          }
          ({ call } = step);
          expect([...held]).toEqual('agentId' in call ? [call.agentId] : []);
        }
      }),
    );
  });

  test('times, once known, never change but for the agent', () => {
    fc.assert(
      fc.property(anyOrder, (events) => {
        let times = someCall().times;
        for (const { call } of walk(events).steps) {
          for (const name of ['dialledAt', 'rangAt', 'answeredAt', 'bridgedAt', 'messageAt'] as const) {
            if (times[name] !== null) expect(call.times[name]).toBe(times[name]);
          }
          ({ times } = call);
        }
      }),
    );
  });

  test('no bridge follows the message, and no agent is asked for an unanswered call', () => {
    fc.assert(
      fc.property(anyOrder, (events) => {
        let wasMessage = false;
        for (const { call, effects } of walk(events).steps) {
          wasMessage ||= call.state === 'message';
          const wants = effects.some((effect) => effect.do === 'bridge' || effect.do === 'find-agent');
          if (wasMessage) expect(wants).toBe(false);
          if (wants) expect(call.times.answeredAt ?? call.times.bridgedAt).not.toBeNull();
        }
      }),
    );
  });
});

describe('how a call ends', () => {
  const dialled: CallEvent = { type: 'dialled' };
  const rang: CallEvent = { type: 'rang' };
  const answered: CallEvent = { type: 'answered' };
  const bridged = bridgedTo(ANN);
  const vanish: CallEvent = { type: 'agent-vanished' };
  const expired: CallEvent = { type: 'wait-expired' };

  /** Events that bring a call to each stage. */
  const STAGES = {
    dialling: [dialled],
    ringing: [dialled, rang],
    waiting: [dialled, rang, answered],
    bridging: [dialled, rang, answered, reserved],
    connected: [dialled, rang, answered, reserved, bridged],
    message: [dialled, rang, answered, expired],
    'waiting again': [dialled, rang, answered, reserved, bridged, vanish],
    'bridging again': [dialled, rang, answered, reserved, bridged, vanish, reserved],
    'message again': [dialled, rang, answered, reserved, bridged, vanish, expired],
  } as const satisfies Record<string, readonly CallEvent[]>;

  const WHO = ['customer', 'us', 'carrier'] as const;

  test.each(UNANSWERED)('unanswered, the cause alone decides: %s', (cause) => {
    for (const stage of ['dialling', 'ringing'] as const) {
      for (const who of WHO) {
        expect(walk([...STAGES[stage], ended(who, cause)]).call).toMatchObject({
          state: 'ended',
          ending: cause,
          hungUpBy: who,
          raw: RAW,
        });
      }
    }
  });

  const ANSWERED: readonly [keyof typeof STAGES, Record<(typeof WHO)[number], Ending>][] = [
    ['waiting', { customer: 'hung-up-waiting', us: 'human-abandoned', carrier: 'human-abandoned' }],
    ['bridging', { customer: 'hung-up-waiting', us: 'human-abandoned', carrier: 'human-abandoned' }],
    ['connected', { customer: 'connected', us: 'connected', carrier: 'connected' }],
    ['message', { customer: 'human-abandoned', us: 'human-abandoned', carrier: 'human-abandoned' }],
    ['waiting again', { customer: 'agent-lost', us: 'agent-lost', carrier: 'agent-lost' }],
    ['bridging again', { customer: 'agent-lost', us: 'agent-lost', carrier: 'agent-lost' }],
    ['message again', { customer: 'agent-lost', us: 'agent-lost', carrier: 'agent-lost' }],
  ];
  test.each(ANSWERED)('%s: the stage and who hung up decide, whatever the cause', (stage, endings) => {
    for (const who of WHO) {
      for (const cause of UNANSWERED) {
        expect(walk([...STAGES[stage], ended(who, cause)]).call).toMatchObject({ ending: endings[who] });
      }
    }
  });

  test.each<[CancelReason, Ending]>([
    ['ring-timeout', 'no-answer'],
    ['no-progress', 'carrier-failure'],
    ['revoked', 'revoked'],
    ['taken-over', 'lost'],
    ['agent', 'no-answer'],
  ])('cancelled by us for %s it ends as %s, whatever the carrier answers', (reason, ending) => {
    for (const stage of ['dialling', 'ringing'] as const) {
      for (const cause of UNANSWERED) {
        const { call, steps } = walk([...STAGES[stage], cancelled(reason), ended('us', cause)]);
        expect(call).toMatchObject({ ending });
        expect(steps.at(-2)?.effects).toEqual([{ do: 'hang-up' }]);
      }
    }
  });

  test.each<CancelReason>(['ring-timeout', 'no-progress', 'taken-over'])(
    'an answer that crosses our cancel for %s is a person left alone',
    (reason) => {
      const { call, steps } = walk([
        ...STAGES.ringing,
        cancelled(reason),
        answered,
        ended('us', 'no-answer'),
      ]);
      expect(call).toMatchObject({ ending: 'human-abandoned', times: { answeredAt: at(4000) } });
      expect(steps.flatMap(({ effects }) => effects)).not.toContainEqual({ do: 'find-agent' });
    },
  );

  test('an answer to a number revoked while it rang is neither answered nor abandoned', () => {
    const { call } = walk([...STAGES.ringing, cancelled('revoked'), answered, ended('us', 'no-answer')]);
    expect(call).toMatchObject({ ending: 'revoked', times: { answeredAt: null } });
  });

  test('a second reason to cancel changes nothing', () => {
    const { call, steps } = walk([...STAGES.ringing, cancelled('ring-timeout'), cancelled('revoked')]);
    expect(call).toMatchObject({ cancelled: 'ring-timeout' });
    expect(steps.at(-1)?.effects).toEqual([]);
  });

  test.each<[CallEvent[], Ending]>([
    [[], 'carrier-failure'],
    [[cancelled('revoked')], 'revoked'],
    [[cancelled('no-progress')], 'carrier-failure'],
  ])('what the switch never dialled was no attempt', (before, ending) => {
    const { call } = walk([...before, { type: 'not-dialled' }]);
    expect(call).toMatchObject({ ending, hungUpBy: 'us', times: { dialledAt: null } });
  });

  test('a call that rings was dialled: a late refusal of its originate is ignored', () => {
    expect(walk([rang, { type: 'not-dialled' }]).call.state).toBe('ringing');
  });

  const VANISHED: readonly [string, readonly CallEvent[], Ending][] = [
    ['dialling', STAGES.dialling, 'lost'],
    ['ringing', STAGES.ringing, 'lost'],
    ['ringing and cancelled', [...STAGES.ringing, cancelled('ring-timeout')], 'no-answer'],
    ['waiting', STAGES.waiting, 'human-abandoned'],
    ['bridging', STAGES.bridging, 'human-abandoned'],
    ['connected', STAGES.connected, 'connected'],
    ['message', STAGES.message, 'human-abandoned'],
    ['waiting again', STAGES['waiting again'], 'agent-lost'],
  ];
  test.each(VANISHED)('vanished while %s: what cannot be proven counts against us', (_, events, ending) => {
    expect(walk([...events, { type: 'vanished' }]).call).toMatchObject({ ending, raw: null });
  });

  test('a vanished call counts as dialled, for nobody can prove that no INVITE left', () => {
    expect(walk([{ type: 'vanished' }]).call).toMatchObject({ ending: 'lost', times: { dialledAt: PLACED } });
  });

  test.each<[string, CallEvent[]]>([
    ['rang', [rang]],
    ['answered', [answered]],
    ['ended', [ended('carrier', 'busy')]],
  ])('a call that %s was dialled, also when that fact was lost', (_, events) => {
    expect(walk(events).call.times.dialledAt).not.toBeNull();
  });

  test('in a talk, whom we hung up for was the agent', () => {
    expect(walk([...STAGES.connected, ended('us')]).call).toMatchObject({ hungUpBy: 'agent' });
  });
});

describe('the way to an agent', () => {
  test('an answer without any ringing before it looks for an agent at once', () => {
    const { steps } = walk([{ type: 'answered' }]);
    expect(steps[0]).toMatchObject({ call: { state: 'waiting' }, effects: [{ do: 'find-agent' }] });
  });

  test('a bridge that fails lets the agent go and looks for another', () => {
    const { call, steps } = walk([{ type: 'answered' }, reserved, { type: 'bridge-failed' }]);
    expect(call.state).toBe('waiting');
    expect(steps.at(-1)?.effects).toEqual([
      { do: 'release-agent', agentId: ANN.agentId },
      { do: 'find-agent' },
    ]);
  });

  test('a bridge that was given up and comes about late takes the agent whom the switch bridged', () => {
    const { call, steps } = walk([
      { type: 'answered' },
      reserved,
      { type: 'bridge-failed' },
      { type: 'agent-reserved', ...BOB },
      bridgedTo(ANN),
    ]);
    expect(call).toMatchObject({ state: 'connected', agentId: ANN.agentId });
    expect(steps.at(-1)?.effects).toEqual([
      { do: 'release-agent', agentId: BOB.agentId },
      { do: 'talk-began', agentId: ANN.agentId },
    ]);
  });

  test('bridged a second time, the call is with the second agent and no longer with the first', () => {
    const { call, steps } = walk([{ type: 'answered' }, reserved, bridgedTo(ANN), bridgedTo(BOB)]);
    expect(call).toMatchObject({ state: 'connected', agentId: BOB.agentId, times: { bridgedAt: at(3000) } });
    expect(steps.at(-1)?.effects).toEqual([
      { do: 'talk-ended', agentId: ANN.agentId },
      { do: 'talk-began', agentId: BOB.agentId },
    ]);
  });

  test('a bridge that comes about after the message began is no talk any more', () => {
    const { call, steps } = walk([
      { type: 'answered' },
      reserved,
      { type: 'bridge-failed' },
      { type: 'wait-expired' },
      bridgedTo(ANN),
    ]);
    expect(call).toMatchObject({ state: 'message', times: { bridgedAt: null, agentId: null } });
    expect(steps.at(-1)?.effects).toEqual([]);
  });

  test('a customer whose agent vanished waits again and was still served in time', () => {
    const { call } = walk([{ type: 'answered' }, reserved, bridgedTo(ANN), { type: 'agent-vanished' }]);
    expect(call).toMatchObject({ state: 'waiting', lostAgent: ANN.agentId, times: { bridgedAt: at(3000) } });
  });
});
