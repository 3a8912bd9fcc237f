import { describe, expect, test } from 'vitest';
import {
  CALL,
  callAgent,
  heldSwitch,
  LEG,
  NUMBER,
  originate,
  SECOND_CALL,
  type HeldSwitch,
} from './simulated-switch.fixture.ts';

const constant = (mean: number) => ({ dist: 'constant', mean });

function answered(changes: object = {}): HeldSwitch {
  const held = heldSwitch(changes);
  void held.theSwitch.api(callAgent());
  void held.theSwitch.api(originate());
  held.time.pass(1_050);
  return held;
}

function bridge(held: HeldSwitch): void {
  void held.theSwitch.api(`uuid_bridge ${CALL} ${LEG}`);
  held.time.pass(100);
}

const onlyCall = (held: HeldSwitch) => held.theSwitch.carrier.journal.calls()[0]!;

describe('a person who answered', () => {
  test('hangs up after greeting and patience when nobody is there', () => {
    const held = answered({ greetingSeconds: constant(0.5), humanPatienceSeconds: constant(2) });
    held.time.pass(2_400);
    expect(onlyCall(held).endedAt).toBeNull();
    held.time.pass(100);
    expect(onlyCall(held)).toMatchObject({ endedBy: 'person', bridgedAt: null, wasTalkCut: false });
    expect(held.theSwitch.carrier.journal.totals()).toMatchObject({ leftUnserved: 1, bridged: 0 });
  });

  test('talks as long as the scenario says and then hangs up', () => {
    const held = answered({ talkSeconds: [constant(10)] });
    bridge(held);
    held.time.pass(9_900);
    expect(onlyCall(held).endedAt).toBeNull();
    held.time.pass(200);
    expect(onlyCall(held)).toMatchObject({
      endedBy: 'person',
      talkMs: 10_000,
      wasTalkCut: false,
      talkedWith: ['1001'],
    });
    expect(held.theSwitch.carrier.journal.totals()).toMatchObject({ talksFinished: 1, talksCut: 0 });
  });

  test('has a talk cut when the switch hangs up before its end', () => {
    const held = answered();
    bridge(held);
    held.time.pass(4_000);
    void held.theSwitch.api(`uuid_kill ${CALL}`);
    expect(onlyCall(held)).toMatchObject({ endedBy: 'switch', wasTalkCut: true });
  });

  test('listens to a message although the patience would be over', () => {
    const held = answered({ humanPatienceSeconds: constant(1) });
    void held.theSwitch.api(`uuid_transfer ${CALL} playback:message.wav,hangup:NORMAL_CLEARING inline`);
    held.time.pass(4_000);
    expect(onlyCall(held).endedAt).toBeNull();
    held.time.pass(2_000);
    expect(onlyCall(held)).toMatchObject({ endedBy: 'switch', bridgedAt: null });
  });

  test('who is put on hold for too long hangs up, with a cut talk', () => {
    const held = answered();
    bridge(held);
    void held.theSwitch.api(`uuid_transfer ${CALL} park inline`);
    held.time.pass(21_000);
    expect(onlyCall(held)).toMatchObject({ endedBy: 'person', wasTalkCut: true });
  });
});

describe('the carrier', () => {
  test('rings on when nobody answers, until the network gives up', () => {
    const held = heldSwitch({ outcomes: [{ human: 0, machine: 0, busy: 0, invalid: 0, noAnswer: 1 }] });
    void held.theSwitch.api(originate(CALL, NUMBER, ',originate_timeout=300'));
    held.time.pass(110_000);
    expect(onlyCall(held).endedAt).toBeNull();
    held.time.pass(11_000);
    expect(onlyCall(held)).toMatchObject({ endedBy: 'carrier', refusedWith: 480 });
  });

  test('lets a machine record, and gives an agent what it takes of his time', () => {
    const machines = { outcomes: [{ human: 0, machine: 1, busy: 0, invalid: 0, noAnswer: 0 }] };
    const alone = heldSwitch({ ...machines, answerDelaySeconds: { machine: constant(1) } });
    void alone.theSwitch.api(originate().replace('sleep:8000', 'sleep:80000'));
    alone.time.pass(31_200);
    expect(onlyCall(alone)).toMatchObject({ drawn: 'machine', endedBy: 'person', wasTalkCut: false });
    const held = heldSwitch({ ...machines, answerDelaySeconds: { machine: constant(1) } });
    void held.theSwitch.api(callAgent());
    void held.theSwitch.api(originate());
    held.time.pass(1_050);
    bridge(held);
    held.time.pass(8_100);
    expect(onlyCall(held)).toMatchObject({ endedBy: 'person', talkMs: 8_000 });
  });

  test('meets the same person again for the same number, and another one at the second attempt', () => {
    const mixed = {
      outcomes: [{ human: 0.4, machine: 0.2, busy: 0.2, invalid: 0.1, noAnswer: 0.1 }],
      humanPatienceSeconds: { dist: 'lognormal', mean: 3, cv: 0.6 },
    };
    const drawn = (): string[] => {
      const held = heldSwitch(mixed);
      for (let n = 0; n < 40; n += 1) {
        void held.theSwitch.api(
          originate(
            `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`,
            `+130555501${String(n % 20).padStart(2, '0')}`,
          ),
        );
        held.time.pass(20);
      }
      return held.theSwitch.carrier.journal.calls().map((call) => call.drawn);
    };
    const first = drawn();
    expect(drawn()).toEqual(first);
    expect(first.slice(20)).not.toEqual(first.slice(0, 20));
  });

  test('refuses what goes beyond the calls that a trunk can carry', () => {
    const held = heldSwitch({ trunks: [{ maxConcurrentCalls: 1 }] });
    void held.theSwitch.api(originate());
    void held.theSwitch.api(originate(SECOND_CALL, '+13055550102'));
    held.time.pass(100);
    expect(held.theSwitch.carrier.journal.calls()[1]).toMatchObject({
      drawn: 'trunk-failure',
      refusedWith: 503,
    });
  });

  test.each(['503', 'silence'] as const)('has outages of the kind %s', (how) => {
    const outages = [{ fromHour: 1, toHour: 2, failRate: 1, how }];
    const held = heldSwitch({ trunks: [{ outages }] });
    void held.theSwitch.api(originate());
    held.time.pass(3_600_000);
    void held.theSwitch.api(originate(SECOND_CALL, '+13055550102'));
    held.time.pass(5_000);
    const [before, during] = held.theSwitch.carrier.journal.calls();
    expect(before?.drawn).toBe('human');
    expect(during).toMatchObject({
      drawn: 'trunk-failure',
      refusedWith: how === '503' ? 503 : null,
      answeredAt: null,
    });
  });
});

describe('the journal of the carrier', () => {
  test('counts INVITEs and calls at the same time per number', () => {
    const held = heldSwitch();
    void held.theSwitch.api(originate());
    held.time.pass(1_000);
    void held.theSwitch.api(originate(SECOND_CALL));
    held.time.pass(10_000);
    void held.theSwitch.api(originate(LEG, '+13055550102'));
    held.time.pass(20_000);
    void held.theSwitch.api(originate(LEG, '+13055550102'));
    expect(held.theSwitch.carrier.journal.numbers()).toEqual([
      { number: NUMBER, invites: 2, concurrentMax: 2 },
      { number: '+13055550102', invites: 2, concurrentMax: 1 },
    ]);
    expect(held.theSwitch.carrier.journal.totals()).toMatchObject({
      invites: 4,
      invitesPerNumberMax: 2,
      concurrentPerNumberMax: 2,
      concurrent: 1,
    });
  });

  test('can be read and reset by an api command; calls that are up stay in it', async () => {
    const held = heldSwitch();
    void held.theSwitch.api(originate());
    held.time.pass(1_000);
    const journal = JSON.parse(await held.theSwitch.api(`ringline_carrier journal ${NUMBER}`)) as {
      calls: object[];
    };
    expect(journal.calls).toMatchObject([{ number: NUMBER, channelUuid: CALL, endedAt: null }]);
    await held.theSwitch.api('ringline_carrier reset');
    expect(held.theSwitch.carrier.journal.totals()).toMatchObject({ invites: 1, concurrent: 1 });
    held.time.pass(20_000);
    await held.theSwitch.api('ringline_carrier reset');
    expect(held.theSwitch.carrier.journal.totals()).toMatchObject({ invites: 0, concurrent: 0 });
  });
});
