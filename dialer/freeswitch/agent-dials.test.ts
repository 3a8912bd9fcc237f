import { beforeEach, expect, test, vi } from 'vitest';
import type { CallId, LegId } from '../../kernel/ids.ts';
import { AgentDials } from './agent-dials.ts';
import { ManualTimers } from './manual-timers.fixture.ts';
import type { DialScript } from './originate-command.ts';

const CALL = 'call' as CallId;
const LEG = 'leg' as LegId;
const SCRIPT = 'script' as DialScript;

let timers: ManualTimers;
let story: string[];
let isAway: boolean;
let reply: string | null;
let dials: AgentDials;
beforeEach(() => {
  timers = new ManualTimers();
  story = [];
  isAway = false;
  reply = null;
  dials = new AgentDials({
    timers,
    isAway: () => isAway,
    onLeaves: () => story.push('leaves'),
    send: async () => {
      story.push('sent');
      return Promise.resolve(reply);
    },
    onRefused: (_call, reason) => story.push(`refused: ${reason}`),
    onGivenUp: (_call, cause) => story.push(`given up: ${cause}`),
  });
});

test('a parked leg dials at once; parked again without an answer it has given up', async () => {
  dials.dial(CALL, LEG, SCRIPT);
  await Promise.resolve();
  dials.legParked(LEG, 'USER_BUSY');
  expect(story).toEqual(['leaves', 'sent', 'given up: USER_BUSY']);
});

test('a leg on its way out of a talk is waited for, and dials once', () => {
  isAway = true;
  dials.dial(CALL, LEG, SCRIPT);
  expect(story).toEqual([]);
  dials.legParked(LEG, 'NORMAL_CLEARING');
  timers.advance(1000);
  expect(story).toEqual(['leaves', 'sent']);
});

test('whose park was lost dials after a moment all the same', () => {
  isAway = true;
  dials.dial(CALL, LEG, SCRIPT);
  timers.advance(300);
  expect(story).toEqual(['leaves', 'sent']);
});

test('once answered, a park is a hold and no end', () => {
  dials.dial(CALL, LEG, SCRIPT);
  dials.answered(CALL);
  dials.legParked(LEG, 'NORMAL_CLEARING');
  expect(story).toEqual(['leaves', 'sent']);
});

test('what the switch does not take was never dialled', async () => {
  reply = '-ERR No such channel!';
  dials.dial(CALL, LEG, SCRIPT);
  await vi.waitFor(() => expect(story).toHaveLength(3));
  expect(story).toEqual(['leaves', 'sent', 'refused: -ERR No such channel!']);
});

test('a leg that ends, or a connection that dies, while it is held back dials nothing', () => {
  isAway = true;
  dials.dial(CALL, LEG, SCRIPT);
  dials.legEnded(LEG);
  dials.dial(CALL, LEG, SCRIPT);
  dials.forget();
  timers.advance(1000);
  expect(story).toEqual(["refused: the agent's leg ended", 'refused: the connection to FreeSWITCH was lost']);
});

test('a leg that ends while it rings takes the call with it', () => {
  dials.dial(CALL, LEG, SCRIPT);
  dials.legEnded(LEG);
  expect(story).toEqual(['leaves', 'sent', 'given up: ORIGINATOR_CANCEL']);
});

test('what is given up while it is held back is never sent; what was sent is not taken back here', () => {
  isAway = true;
  dials.dial(CALL, LEG, SCRIPT);
  expect(dials.cancel(CALL)).toBe(true);
  dials.legParked(LEG, 'NORMAL_CLEARING');
  timers.advance(1000);
  expect(story).toEqual(['refused: it was given up before it was dialled']);
  isAway = false;
  dials.dial(CALL, LEG, SCRIPT);
  expect(dials.cancel(CALL)).toBe(false);
});
