import { expect, test } from 'vitest';
import type { CallId, Epoch, LegId, PoolId } from '../../kernel/ids.ts';
import { milliseconds } from '../../kernel/time.ts';
import { renderCommand, type EslCommand } from './esl-command.ts';
import { EslError } from './esl-error.ts';
import { anId } from './link-recorder.fixture.ts';

const poolId = anId<PoolId>();
const callId = anId<CallId>();
const legId = anId<LegId>();
const waiting = {
  send: 'play-and-wait',
  callId,
  file: 'a.wav',
  timesMax: 1,
  waitMs: milliseconds(1),
} as const;

test.each<[string, EslCommand]>([
  ['filter on two words', { send: 'filter', header: 'Event-Name', value: 'HEARTBEAT all' }],
  ['filter with a line of its own', { send: 'filter', header: 'a', value: 'b\n\napi shutdown' }],
  ['filter on nothing', { send: 'filter', header: 'Event-Name', value: '' }],
  ['event of two words', { send: 'subscribe', events: ['CHANNEL_ANSWER ALL'], subclasses: [] }],
  ['subclass of two lines', { send: 'subscribe', events: [], subclasses: ['a\nexit'] }],
  ['epoch that is no whole number', { send: 'announce-epoch', poolId, epoch: 1.5 as Epoch }],
  ['epoch that is no number', { send: 'announce-epoch', poolId, epoch: '1\nx: y' as unknown as Epoch }],
  ['gateway that is more than a name', { send: 'gateway-status', gateway: 'carrier\nexit' }],
  ['gateway without a name', { send: 'gateway-status', gateway: '' }],
  ['negative count', { ...waiting, timesMax: -1 }],
  ['time without end', { ...waiting, waitMs: milliseconds(Infinity) }],
])('a command with a %s is refused', (_name, command) => {
  expect(() => renderCommand(command)).toThrow(EslError);
});

test('a sound with a blank in its name is one argument', () => {
  const { line } = renderCommand({ send: 'play-in-ear', legId, file: 'two words.wav' });
  expect(line).toBe(String.raw`api uuid_displace ${legId} start two\swords.wav 0 mux`);
});
