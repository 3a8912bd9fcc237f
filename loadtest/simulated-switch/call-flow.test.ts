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

/** The order in which FreeSWITCH 1.11.0 told the same. */
const ANSWERED = [
  'CHANNEL_CREATE 00c1',
  'CHANNEL_ORIGINATE 00c1',
  'CHANNEL_PROGRESS 00c1',
  'CHANNEL_ANSWER 00c1',
  'CHANNEL_EXECUTE 00c1 sleep',
];

/** Customer and agent, bridged. */
function talking(held: HeldSwitch): void {
  void held.theSwitch.api(callAgent());
  void held.theSwitch.api(originate());
  held.time.pass(1_100);
  void held.theSwitch.api(`uuid_bridge ${CALL} ${LEG}`);
  held.time.pass(80);
}

function headerOf(held: HeldSwitch, event: `${string} ${string}`, header: string): unknown {
  const [name, uuid] = event.split(' ');
  return held.events.findLast((event) => event.name === name && event.headers['Unique-ID'] === uuid)?.headers[
    header
  ];
}

describe('an outbound call', () => {
  test('is created, rings, is answered, and only then runs its script', async () => {
    const held = heldSwitch();
    held.theSwitch.carrier.setScript(NUMBER, {
      steps: [
        { atMs: 300, send: 180 },
        { atMs: 1_000, send: 200 },
      ],
      answersWhenCancelled: false,
    });
    const result = held.theSwitch.api(originate());
    held.time.pass(1_100);
    expect(await result).toBe(`+OK ${CALL}\n`);
    expect(held.story()).toEqual(ANSWERED);
  });

  test('carries its variables and its states in every event', () => {
    const held = heldSwitch();
    void held.theSwitch.api(originate());
    held.time.pass(1_100);
    const answer = (header: string): unknown => headerOf(held, `CHANNEL_ANSWER ${CALL}`, header);
    expect(answer('variable_ringline_pool')).toBe('p1');
    expect(answer('Answer-State')).toBe('answered');
    expect(answer('Channel-Call-State')).toMatch(/RINGING|EARLY|DOWN/u);
    expect(Number(answer('Caller-Channel-Answered-Time'))).toBeGreaterThan(
      Number(answer('Caller-Channel-Created-Time')),
    );
  });

  test('that nobody bridges hears the message after the wait, and is hung up', () => {
    const held = heldSwitch({ humanPatienceSeconds: { dist: 'constant', mean: 100 } });
    void held.theSwitch.api(originate());
    held.time.pass(20_000);
    expect(held.story().filter((line) => !ANSWERED.includes(line))).toEqual([
      'CHANNEL_EXECUTE_COMPLETE 00c1 sleep',
      'CHANNEL_EXECUTE 00c1 playback',
      'PLAYBACK_START 00c1',
      'PLAYBACK_STOP 00c1',
      'CHANNEL_EXECUTE_COMPLETE 00c1 playback',
      'CHANNEL_EXECUTE 00c1 hangup',
      'CHANNEL_HANGUP 00c1',
      'CHANNEL_EXECUTE_COMPLETE 00c1 hangup',
      'CHANNEL_HANGUP_COMPLETE 00c1',
      'CHANNEL_DESTROY 00c1',
    ]);
    expect(held.theSwitch.carrier.journal.calls()[0]).toMatchObject({
      endedBy: 'switch',
      messageAt: expect.any(Number) as number,
    });
  });

  test.each([
    { steps: '500:486', cause: 'USER_BUSY', status: '486', q850: '17' },
    { steps: '500:404', cause: 'UNALLOCATED_NUMBER', status: '404', q850: '1' },
    { steps: '500:603', cause: 'CALL_REJECTED', status: '603', q850: '21' },
    { steps: '100:503', cause: 'NORMAL_TEMPORARY_FAILURE', status: '503', q850: '41' },
    { steps: '5:180,500:480/19', cause: 'NO_ANSWER', status: '480', q850: '19' },
    { steps: '200:607', cause: 'UNWANTED', status: '607', q850: '16' },
  ])('refused on the wire with $steps ends as $cause', async ({ steps, cause, status, q850 }) => {
    const held = heldSwitch();
    await held.theSwitch.api(`ringline_carrier script ${NUMBER} ${steps}`);
    const result = held.theSwitch.api(originate());
    held.time.pass(1_000);
    expect(await result).toBe(`-ERR ${cause}\n`);
    const end = (header: string): unknown => headerOf(held, `CHANNEL_HANGUP_COMPLETE ${CALL}`, header);
    expect(end('Hangup-Cause')).toBe(cause);
    expect(end('variable_sip_term_status')).toBe(status);
    expect(end('variable_hangup_cause_q850')).toBe(q850);
    expect(end('variable_sip_hangup_disposition')).toBe('recv_refuse');
  });

  test('with early media is no answer', async () => {
    const held = heldSwitch();
    await held.theSwitch.api(`ringline_carrier script ${NUMBER} 300:183,800:486`);
    const result = held.theSwitch.api(originate());
    held.time.pass(1_000);
    expect(await result).toBe('-ERR USER_BUSY\n');
    expect(held.story()).toContain('CHANNEL_PROGRESS_MEDIA 00c1');
    expect(held.story()).not.toContain('CHANNEL_ANSWER 00c1');
  });

  test('with early media that is not ignored succeeds too early, as on the real switch', async () => {
    const held = heldSwitch();
    await held.theSwitch.api(`ringline_carrier script ${NUMBER} 300:183,800:486`);
    const result = held.theSwitch.api(originate().replace('ignore_early_media=true,', ''));
    held.time.pass(400);
    expect(await result).toBe(`+OK ${CALL}\n`);
  });

  test.each([
    { limit: 'originate_timeout=20', steps: '300:180', cause: 'NO_ANSWER', notBefore: 19_000, by: 20_100 },
    {
      limit: 'progress_timeout=12',
      steps: 'silence',
      cause: 'PROGRESS_TIMEOUT',
      notBefore: 12_000,
      by: 13_100,
    },
    {
      limit: 'progress_timeout=12',
      steps: '300:180',
      cause: 'PROGRESS_TIMEOUT',
      notBefore: 12_000,
      by: 13_100,
    },
    {
      limit: 'leg_progress_timeout=12',
      steps: 'silence',
      cause: 'PROGRESS_TIMEOUT',
      notBefore: 12_000,
      by: 13_100,
    },
    {
      limit: 'leg_progress_timeout=12,originate_timeout=30',
      steps: '300:180',
      cause: 'NO_ANSWER',
      notBefore: 29_000,
      by: 30_100,
    },
  ])('with $limit on $steps is given up as $cause', async ({ limit, steps, cause, notBefore, by }) => {
    const held = heldSwitch();
    await held.theSwitch.api(`ringline_carrier script ${NUMBER} ${steps}`);
    const result = held.theSwitch.api(originate(CALL, NUMBER, `,${limit}`));
    held.time.pass(notBefore - 100);
    expect(held.story()).not.toContain('CHANNEL_HANGUP 00c1');
    held.time.pass(by - notBefore + 100);
    expect(await result).toBe(`-ERR ${cause}\n`);
    expect(held.theSwitch.carrier.journal.calls()[0]).toMatchObject({ answeredAt: null, endedBy: 'switch' });
  });

  test('of an id that is up is refused without an INVITE', async () => {
    const held = heldSwitch();
    void held.theSwitch.api(originate());
    expect(await held.theSwitch.api(originate())).toBe('-ERR DESTINATION_OUT_OF_ORDER\n');
    expect(held.theSwitch.carrier.journal.totals().invites).toBe(1);
  });

  test('that is cancelled while the 200 is on its way was answered for the carrier alone', async () => {
    const held = heldSwitch();
    await held.theSwitch.api(`ringline_carrier script ${NUMBER} 300:180,cancel:200`);
    void held.theSwitch.api(originate());
    held.time.pass(500);
    await held.theSwitch.api(`uuid_kill ${CALL}`);
    held.time.pass(100);
    expect(held.story()).not.toContain('CHANNEL_ANSWER 00c1');
    expect(held.theSwitch.carrier.journal.totals().answered).toBe(1);
  });
});

describe('a leg that plays something', () => {
  const playing = (): HeldSwitch => {
    const held = heldSwitch({ humanPatienceSeconds: { dist: 'constant', mean: 100 } });
    void held.theSwitch.api(originate().replace('sleep:8000,', ''));
    held.time.pass(1_100);
    return held;
  };

  // Measured on FreeSWITCH 1.11.0.
  test.each([
    { command: `uuid_kill ${CALL}`, status: 'done', response: 'PLAYBACK ERROR' },
    { command: `uuid_transfer ${CALL} park inline`, status: 'done', response: 'PLAYBACK ERROR' },
    { command: `uuid_break ${CALL}`, status: 'break', response: 'FILE PLAYED' },
  ])('says how it ended after $command', async ({ command, status, response }) => {
    const held = playing();
    await held.theSwitch.api(command);
    held.time.pass(30);
    expect(headerOf(held, `PLAYBACK_STOP ${CALL}`, 'Playback-Status')).toBe(status);
    const complete = held.events.find(
      (event) => event.name === 'CHANNEL_EXECUTE_COMPLETE' && event.headers['Application'] === 'playback',
    );
    expect(complete?.headers['Application-Response']).toBe(response);
  });
});

describe('a bridge', () => {
  test('comes 40 to 80 ms after the command, which is answered at once', async () => {
    const held = heldSwitch();
    void held.theSwitch.api(callAgent());
    void held.theSwitch.api(originate());
    held.time.pass(1_100);
    expect(await held.theSwitch.api(`uuid_bridge ${CALL} ${LEG}`)).toBe(`+OK ${LEG}\n`);
    held.time.pass(29);
    expect(held.story()).not.toContain('CHANNEL_BRIDGE 00c1');
    held.time.pass(51);
    expect(held.story()).toContain('CHANNEL_BRIDGE 00c1');
    expect(headerOf(held, `CHANNEL_BRIDGE ${CALL}`, 'Bridge-B-Unique-ID')).toBe(LEG);
    expect(headerOf(held, `CHANNEL_BRIDGE ${CALL}`, 'Other-Leg-Unique-ID')).toBe(LEG);
  });

  test('ends when the customer has said all, and the agent is parked for the next one', () => {
    const held = heldSwitch();
    talking(held);
    held.time.pass(10_100);
    expect(held.story().slice(-5)).toEqual([
      'CHANNEL_HANGUP 00c1',
      'CHANNEL_PARK 00a1',
      'CHANNEL_UNBRIDGE 00c1',
      'CHANNEL_HANGUP_COMPLETE 00c1',
      'CHANNEL_DESTROY 00c1',
    ]);
    expect(headerOf(held, `CHANNEL_PARK ${LEG}`, 'variable_last_bridge_hangup_cause')).toBe(
      'NORMAL_CLEARING',
    );
    expect(headerOf(held, `CHANNEL_HANGUP_COMPLETE ${CALL}`, 'variable_sip_hangup_disposition')).toBe(
      'recv_bye',
    );
  });

  test('that loses its agent goes on with the script of the customer', () => {
    const held = heldSwitch();
    talking(held);
    void held.theSwitch.api(`uuid_kill ${LEG}`);
    held.time.pass(100);
    expect(
      held
        .story()
        .filter((line) => line.includes('00c1'))
        .slice(-2),
    ).toEqual(['CHANNEL_EXECUTE 00c1 playback', 'PLAYBACK_START 00c1']);
    held.time.pass(6_000);
    expect(headerOf(held, `CHANNEL_HANGUP_COMPLETE ${CALL}`, 'Hangup-Cause')).toBe('NORMAL_CLEARING');
    expect(held.theSwitch.carrier.journal.calls()[0]).toMatchObject({ wasTalkCut: true });
  });

  test('whose customer hangs up first leaves the agent without a word, and well for the next', async () => {
    const held = heldSwitch();
    void held.theSwitch.api(callAgent());
    await held.theSwitch.api(`ringline_carrier script ${NUMBER} 5:180,500:200,1005:bye`);
    void held.theSwitch.api(originate());
    held.time.pass(1_000);
    await held.theSwitch.api(`uuid_bridge ${CALL} ${LEG}`);
    held.time.pass(1_000);
    expect(held.story()).not.toContain('CHANNEL_BRIDGE 00c1');
    expect(held.story().filter((line) => line === 'CHANNEL_PARK 00a1')).toHaveLength(1);
    void held.theSwitch.api(originate(SECOND_CALL, '+13055550102'));
    held.time.pass(1_100);
    await held.theSwitch.api(`uuid_bridge ${SECOND_CALL} ${LEG}`);
    held.time.pass(100);
    expect(held.story()).toContain('CHANNEL_BRIDGE 00c2');
  });

  test('with a leg that still rings ends both', () => {
    const held = heldSwitch();
    void held.theSwitch.api(callAgent());
    void held.theSwitch.api(`ringline_carrier script ${NUMBER} 5:180`);
    void held.theSwitch.api(originate());
    held.time.pass(500);
    void held.theSwitch.api(`uuid_bridge ${CALL} ${LEG}`);
    held.time.pass(200);
    expect(held.theSwitch.core.channels.size).toBe(0);
    expect(headerOf(held, `CHANNEL_HANGUP_COMPLETE ${CALL}`, 'Hangup-Cause')).toBe(
      'DESTINATION_OUT_OF_ORDER',
    );
  });

  test.each([
    [0, '', 'DESTINATION_OUT_OF_ORDER'],
    [0, ',uuid_bridge_continue_on_cancel=true', 'DESTINATION_OUT_OF_ORDER'],
    [32, '', 'ORIGINATOR_CANCEL'],
    [32, ',uuid_bridge_continue_on_cancel=true', undefined],
  ])('whose agent dies %s ms after the command, customer with "%s": %s', async (waitMs, variable, cause) => {
    const held = heldSwitch({ humanPatienceSeconds: { dist: 'constant', mean: 100 } });
    void held.theSwitch.api(callAgent());
    void held.theSwitch.api(originate(CALL, NUMBER, variable));
    held.time.pass(1_100);
    void held.theSwitch.api(`uuid_bridge ${CALL} ${LEG}`);
    held.time.pass(waitMs);
    await held.theSwitch.api(`uuid_kill ${LEG}`);
    held.time.pass(200);
    expect(headerOf(held, `CHANNEL_HANGUP ${CALL}`, 'Hangup-Cause')).toBe(cause);
  });

  test('can be left for a hold and taken up again', () => {
    const held = heldSwitch();
    talking(held);
    void held.theSwitch.api(`uuid_transfer ${CALL} park inline`);
    held.time.pass(100);
    expect(held.story().slice(-4)).toEqual([
      'CHANNEL_PARK 00a1',
      'CHANNEL_UNBRIDGE 00c1',
      'CHANNEL_EXECUTE 00c1 park',
      'CHANNEL_PARK 00c1',
    ]);
    void held.theSwitch.api(`uuid_bridge ${CALL} ${LEG}`);
    held.time.pass(100);
    expect(held.story().filter((line) => line === 'CHANNEL_BRIDGE 00c1')).toHaveLength(2);
    held.time.pass(10_200);
    expect(held.theSwitch.carrier.journal.calls()[0]).toMatchObject({ wasTalkCut: false, endedBy: 'person' });
  });
});

describe("an agent's phone", () => {
  test.each(['+13055550101', '1', '123456789', 'abc'])('%s is no extension', async (text) => {
    const held = heldSwitch();
    expect(await held.theSwitch.api(callAgent(text))).toBe('-ERR SUBSCRIBER_ABSENT\n');
  });

  test('that is not registered is refused', async () => {
    const held = heldSwitch();
    await held.theSwitch.api('ringline_phone unregister 1001');
    expect(await held.theSwitch.api(callAgent())).toBe('-ERR USER_NOT_REGISTERED\n');
  });

  test('that vanishes without a BYE is noticed when its media stays away; the customer hears nobody meanwhile', async () => {
    const held = heldSwitch({ talkSeconds: [{ dist: 'constant', mean: 100 }] });
    talking(held);
    await held.theSwitch.api('ringline_phone vanish 1001 5000');
    held.time.pass(4_900);
    expect(held.story()).not.toContain('CHANNEL_HANGUP 00a1');
    held.time.pass(200);
    expect(headerOf(held, `CHANNEL_HANGUP ${LEG}`, 'Hangup-Cause')).toBe('MEDIA_TIMEOUT');
    expect(held.theSwitch.carrier.journal.calls()[0]?.talkMs).toBeLessThan(200);
    expect(held.story()).toContain('PLAYBACK_START 00c1');
  });

  test('whose user nobody knows is refused in other words', async () => {
    const held = heldSwitch();
    await held.theSwitch.api('ringline_phone forget 1001');
    expect(await held.theSwitch.api(callAgent())).toBe('-ERR SUBSCRIBER_ABSENT\n');
  });

  test('that hangs up ends its leg', async () => {
    const held = heldSwitch();
    void held.theSwitch.api(callAgent());
    held.time.pass(400);
    await held.theSwitch.api('ringline_phone hangup 1001');
    held.time.pass(50);
    expect(headerOf(held, `CHANNEL_HANGUP_COMPLETE ${LEG}`, 'variable_sip_hangup_disposition')).toBe(
      'recv_bye',
    );
  });
});
