import { beforeEach, expect, test } from 'vitest';
import type { CallId } from '../../kernel/ids.ts';
import { ChannelWatch } from './channel-watch.ts';
import { ManualTimers } from './manual-timers.fixture.ts';

const call = 'call' as CallId;
let timers: ManualTimers;
let told: string[];
let watch: ChannelWatch;

beforeEach(() => {
  timers = new ManualTimers();
  told = [];
  watch = new ChannelWatch({
    clock: timers.clock,
    timers,
    hangUp: (id) => told.push(`hang up ${id}`),
    onNeverCreated: (id, reason) => told.push(`never ${id}: ${reason}`),
    onEndMissing: (id, { hangupCause, hasRung }) => told.push(`missing ${id}: ${hangupCause} ${hasRung}`),
  });
  watch.sent(call);
});

test('an originate that failed without a channel was never dialled', () => {
  watch.jobDone(call, '-ERR GATEWAY_DOWN\n');
  timers.advance(499);
  expect(told).toEqual([]);
  timers.advance(1);
  expect(told).toEqual(['never call: GATEWAY_DOWN']);
});

test('a job that overtakes the first event of its channel is not believed', () => {
  watch.jobDone(call, '-ERR USER_BUSY');
  timers.advance(100);
  watch.seen(call);
  watch.ended(call);
  timers.advance(60_000);
  expect(told).toEqual([]);
});

test('a job that follows the end of its channel says nothing', () => {
  watch.seen(call);
  watch.ended(call);
  watch.jobDone(call, '-ERR NO_ANSWER');
  timers.advance(60_000);
  expect(told).toEqual([]);
});

test('an end that never came is made up for from the job', () => {
  watch.rang(call);
  watch.jobDone(call, '-ERR NO_ANSWER');
  timers.advance(2000);
  expect(told).toEqual(['missing call: NO_ANSWER true']);
});

test('an originate that succeeded says nothing', () => {
  watch.jobDone(call, '+OK call');
  timers.advance(60_000);
  expect(told).toEqual([]);
});

test('a usage error is a reason as well', () => {
  watch.jobDone(call, '-USAGE: <call url> …');
  timers.advance(500);
  expect(told).toEqual(['never call: <call url> …']);
});

test('a refusal is told at once', () => {
  watch.refused(call, 'permission denied');
  expect(told).toEqual(['never call: permission denied']);
});

test('a hang-up waits for its channel', () => {
  expect(watch.hangUpWhenSeen(call)).toBe(true);
  expect(told).toEqual([]);
  watch.seen(call);
  watch.seen(call);
  expect(told).toEqual(['hang up call']);
});

test('a hang-up of a channel that is there, or of which nothing is known, is for the caller to send', () => {
  expect(watch.hangUpWhenSeen('other' as CallId)).toBe(false);
  watch.seen(call);
  expect(watch.hangUpWhenSeen(call)).toBe(false);
});

test('what nobody ever told of is forgotten in time, and what is up is not', () => {
  timers.advance(10 * 60_000 + 1);
  watch.prune(new Set([call]));
  expect(watch.hangUpWhenSeen(call)).toBe(true);
  watch.prune(new Set());
  expect(watch.hangUpWhenSeen(call)).toBe(false);
});

test('nothing is told after the watch was closed', () => {
  watch.jobDone(call, '-ERR X');
  watch.close();
  timers.advance(60_000);
  expect(told).toEqual([]);
  expect(timers.pending).toBe(0);
});
