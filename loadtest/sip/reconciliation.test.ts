import { describe, expect, test } from 'vitest';
import type { CallId } from '../../kernel/ids.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { DialerCall, SwitchRecord } from './product-under-test.ts';
import { countCarrierJournal, differencesOf, figuresOf, spreadOf } from './reconciliation.ts';

const ANSWERED = '+442079460001';
const BUSY = '+442079460030';
const CROSSING = '+442079460098';
const at = (n: number): EpochMs => n as EpochMs;

const call = (changes: Partial<DialerCall> = {}): DialerCall => ({
  callId: 'c1' as CallId,
  phone: ANSWERED,
  dialledAt: at(1),
  answeredAt: at(2),
  bridgedAt: at(3),
  ending: 'connected',
  isAbandoned: false,
  ...changes,
});
const record = (changes: Partial<SwitchRecord> = {}): SwitchRecord => ({
  callId: 'c1' as CallId,
  phone: ANSWERED,
  answeredAt: at(2),
  bridgedAt: at(62),
  wasAgentIdle: true,
  hangupCause: 'NORMAL_CLEARING',
  ...changes,
});
const JOURNAL = [`invited ${ANSWERED} x`, `answered ${ANSWERED} x`, `hung-up-on ${ANSWERED} x`];
const differences = (calls: DialerCall[], journal: string[], records: SwitchRecord[]): string =>
  differencesOf({ calls, carrier: countCarrierJournal(journal), records }).join('\n');

describe('three counts of the same calls', () => {
  test('that agree leave nothing to say', () => {
    expect(differences([call()], JOURNAL, [record()])).toBe('');
  });

  const unanswered = call({ answeredAt: null, bridgedAt: null, ending: 'no-answer' });
  test.each([
    {
      what: 'a second INVITE to a number',
      told: () => differences([call()], [...JOURNAL, `invited ${ANSWERED} y`], [record()]),
      words: /calls are 1 by the dialer, 2 by the carrier/,
    },
    {
      what: 'a call that the switch has no record of',
      told: () => differences([call()], JOURNAL, []),
      words: /0 by the switch/,
    },
    {
      what: 'a call that the dialer does not know',
      told: () => differences([], JOURNAL, [record()]),
      words: /0 by the dialer, 1 by the carrier/,
    },
    {
      what: 'an answer that the dialer missed',
      told: () => differences([unanswered], JOURNAL, [record()]),
      words: /answers are 0 by the dialer/,
    },
    {
      what: 'a call without an ending',
      told: () => differences([call({ ending: null })], JOURNAL, [record()]),
      words: /has no ending/,
    },
    {
      what: 'a bridge that the switch never made',
      told: () => differences([call()], JOURNAL, [record({ bridgedAt: null })]),
      words: /bridged by the dialer alone/,
    },
  ])('tell of $what', ({ told, words }) => {
    expect(told()).toMatch(words);
  });

  test('tell of an ending that does not fit what the carrier did', () => {
    const busy = call({ phone: BUSY, answeredAt: null, bridgedAt: null, ending: 'no-answer' });
    const journal = [`invited ${BUSY} x`, `refused ${BUSY} x`];
    const told = differences([busy], journal, [record({ phone: BUSY, answeredAt: null, bridgedAt: null })]);
    expect(told).toMatch(/ended as no-answer instead of busy/);
  });

  test('do not count an answer that crossed our CANCEL', () => {
    const journal = [`invited ${CROSSING} x`, `cancelled ${CROSSING} x`, `answered ${CROSSING} x`];
    const crossing = call({ phone: CROSSING, answeredAt: null, bridgedAt: null, ending: 'no-answer' });
    expect(
      differences([crossing], journal, [record({ phone: CROSSING, answeredAt: null, bridgedAt: null })]),
    ).toBe('');
  });

  test('leave out attempts of which no INVITE was sent', () => {
    expect(differences([call({ dialledAt: null, ending: 'carrier-failure' })], [], [])).toBe('');
  });

  test('meet numbers that are sent without their plus sign', () => {
    expect(
      differences(
        [call()],
        JOURNAL.map((line) => line.replace('+', '')),
        [record()],
      ),
    ).toBe('');
  });
});

describe('the figures of a load test', () => {
  test('are counted over dialled calls, answer to bridge by the time of the switch', () => {
    const abandoned = call({
      callId: 'c2' as CallId,
      ending: 'message-left',
      bridgedAt: null,
      isAbandoned: true,
    });
    expect(figuresOf([call(), abandoned, call({ dialledAt: null })], [record()])).toEqual({
      placed: 2,
      answered: 2,
      connected: 1,
      abandoned: 1,
      endings: { connected: 1, 'message-left': 1 },
      answerToBridgeMs: { p50: 60, p99: 60, max: 60, count: 1 },
      waitedForAgentMs: null,
    });
  });

  test('hold the wait for an agent apart from what the dialer takes', () => {
    const waited = record({ callId: 'c2' as CallId, bridgedAt: at(1502), wasAgentIdle: false });
    expect(figuresOf([call()], [record(), waited])).toMatchObject({
      answerToBridgeMs: { max: 60, count: 1 },
      waitedForAgentMs: { max: 1500, count: 1 },
    });
  });

  test('take percentiles by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    expect(spreadOf(hundred)).toEqual({ p50: 50, p99: 99, max: 100, count: 100 });
    expect(spreadOf([])).toBeNull();
  });
});
