import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { describeWith } from '../../server/test-tools.ts';
import type { CallId, Epoch, LegId } from '../../kernel/ids.ts';
import { milliseconds } from '../../kernel/time.ts';
import {
  clearedOriginate,
  permittedLeg,
  recordLink,
  SOME_TRUNK,
  type LinkRecorder,
  machineClock,
} from './link-recorder.fixture.ts';
import { startRealSwitch, type RealSwitch } from './real-switch.fixture.ts';

describeWith(['freeswitch'], 'the link to a real FreeSWITCH', () => {
  let real: RealSwitch;
  const open: LinkRecorder[] = [];

  beforeAll(async () => {
    real = await startRealSwitch();
  });
  afterAll(() => real.stop());
  afterEach(() => {
    for (const recorder of open.splice(0)) recorder.link.close();
  });

  async function linkUp(options: Parameters<typeof recordLink>[1] = {}): Promise<LinkRecorder> {
    const recorder = recordLink(real.address, { agentDomain: real.agentDomain, ...options });
    open.push(recorder);
    await recorder.fact('link-up');
    return recorder;
  }

  function call(
    recorder: LinkRecorder,
    lastDigit: number,
    changes: Parameters<typeof clearedOriginate>[0] = {},
  ): CallId {
    const command = clearedOriginate({
      phone: `+1305555010${lastDigit}`,
      trunk: { ...SOME_TRUNK, dialTemplate: real.dialTemplate },
      messageFile: real.soundFile,
      ...changes,
    });
    recorder.link.telephony.perform(command);
    return command.callId;
  }

  async function agent(recorder: LinkRecorder): Promise<LegId> {
    const { legId, permit } = permittedLeg();
    recorder.link.telephony.perform({ do: 'call-agent', permit });
    await recorder.fact('leg-parked', legId);
    return legId;
  }

  /** The switch's table of channels lags behind its events. */
  async function untilListed(recorder: LinkRecorder, id: CallId): Promise<void> {
    for (let looks = 0; ; looks += 1) {
      recorder.link.telephony.perform({ do: 'see-channels' });
      const { channels } = await recorder.fact('channels-seen', null, looks);
      if (channels.some(({ channelId }) => channelId === id)) return;
    }
  }

  const AGENT = '01900000-0000-7000-8000-0000000000aa' as never;
  const bridge = (recorder: LinkRecorder, callId: CallId, legId: LegId): void =>
    recorder.link.telephony.perform({ do: 'bridge', callId, legId, agentId: AGENT });

  test('a call that is answered, bridged and hung up by us tells so in this order, and the agent is free again', async () => {
    const recorder = await linkUp();
    const legId = await agent(recorder);
    const callId = call(recorder, 1);
    await recorder.fact('answered', callId);
    bridge(recorder, callId, legId);
    const bridged = await recorder.fact('bridged', callId);
    expect(bridged.legId).toBe(legId);
    recorder.link.telephony.perform({ do: 'hang-up', channelId: callId });
    const ended = await recorder.fact('call-ended', callId);
    await recorder.fact('leg-parked', legId, 1);
    expect(recorder.types(callId)).toEqual(['dialled', 'rang', 'answered', 'waits', 'bridged', 'call-ended']);
    expect(ended).toMatchObject({ hungUpBy: 'us', raw: { hangupCause: 'NORMAL_CLEARING' } });
    expect(recorder.types(legId).filter((type) => type !== 'bridged')).toEqual([
      'leg-answered',
      'leg-parked',
      'leg-parked',
    ]);
  });

  test.each([
    [0, 'invalid-number', 404],
    [2, 'busy', 486],
    [4, 'busy', 486],
    [5, 'rejected', 603],
    [8, 'carrier-failure', 503],
  ] as const)('a number ending in %i is %s (SIP %i)', async (digit, unanswered, sipStatus) => {
    const recorder = await linkUp();
    const callId = call(recorder, digit);
    const ended = await recorder.fact('call-ended', callId);
    expect(ended).toMatchObject({ unanswered, hungUpBy: 'carrier', raw: { sipStatus } });
    expect(recorder.types(callId)).toEqual(
      digit === 4 ? ['dialled', 'rang', 'call-ended'] : ['dialled', 'call-ended'],
    );
  });

  test('early media is no answer', async () => {
    const recorder = await linkUp();
    const callId = call(recorder, 9);
    const rang = await recorder.fact('rang', callId);
    const answered = await recorder.fact('answered', callId);
    expect(rang.hasEarlyMedia).toBe(true);
    expect(answered.at - rang.at).toBeGreaterThan(200);
    recorder.link.telephony.perform({ do: 'hang-up', channelId: callId });
    await recorder.fact('call-ended', callId);
  });

  test('a call that we cancel while it rings is a no-answer, ended by us', async () => {
    const recorder = await linkUp();
    const callId = call(recorder, 3);
    await recorder.fact('rang', callId);
    recorder.link.telephony.perform({ do: 'hang-up', channelId: callId });
    expect(await recorder.fact('call-ended', callId)).toMatchObject({
      hungUpBy: 'us',
      unanswered: 'no-answer',
    });
  });

  test('a hang-up that is sent before the channel exists still ends the call', async () => {
    const recorder = await linkUp();
    const callId = call(recorder, 3);
    recorder.link.telephony.perform({ do: 'hang-up', channelId: callId });
    await recorder.fact('call-ended', callId);
    expect(recorder.types(callId)).not.toContain('answered');
  });

  test('an answered call that nobody bridges hears the message and is hung up by the switch alone', async () => {
    const recorder = await linkUp();
    const callId = call(recorder, 7, { orphanAfterMs: milliseconds(600) });
    const answered = await recorder.fact('answered', callId);
    const message = await recorder.fact('message-started', callId);
    const ended = await recorder.fact('call-ended', callId);
    expect(message.at - answered.at).toBeGreaterThanOrEqual(560);
    expect(ended.at - message.at).toBeGreaterThanOrEqual(400);
    expect(ended.hungUpBy).toBe('us');
  });

  test('the message is played on command and ends the call', async () => {
    const recorder = await linkUp();
    const callId = call(recorder, 7);
    await recorder.fact('answered', callId);
    recorder.link.telephony.perform({ do: 'play-message', callId, file: real.soundFile });
    await recorder.fact('message-started', callId);
    await recorder.fact('call-ended', callId);
  });

  test('a message file that is missing is not told as played', async () => {
    const recorder = await linkUp();
    const callId = call(recorder, 7);
    await recorder.fact('answered', callId);
    recorder.link.telephony.perform({ do: 'play-message', callId, file: '/nowhere/at/all.wav' });
    await recorder.fact('call-ended', callId);
    expect(recorder.types(callId)).not.toContain('message-started');
  });

  test('hold takes the customer out of the bridge and resume brings him back', async () => {
    const recorder = await linkUp();
    const legId = await agent(recorder);
    const callId = call(recorder, 7);
    await recorder.fact('answered', callId);
    bridge(recorder, callId, legId);
    await recorder.fact('bridged', callId);
    recorder.link.telephony.perform({ do: 'hold', callId, legId });
    await recorder.fact('leg-parked', legId, 1);
    recorder.link.telephony.perform({ do: 'resume', callId, legId });
    await recorder.fact('bridged', callId, 1);
    recorder.link.telephony.perform({ do: 'play-tone', legId });
    recorder.link.telephony.perform({
      do: 'mark',
      channelId: callId,
      variables: { ringline_stage: "it's; {all} fine" },
    });
    // The switch writes its list of channels behind its events: a fresh one may be missing from a first look.
    let looks = 0;
    await vi.waitFor(
      async () => {
        recorder.link.telephony.perform({ do: 'see-channels' });
        const { channels } = await recorder.fact('channels-seen', null, looks++);
        expect(channels.find(({ channelId }) => channelId === callId)).toMatchObject({
          bridgedTo: legId,
          purpose: 'call',
          epoch: 1,
          poolId: recorder.poolId,
        });
      },
      { timeout: 10_000, interval: 200 },
    );
    recorder.link.telephony.perform({ do: 'hang-up', channelId: callId });
    await recorder.fact('call-ended', callId);
    expect(recorder.types(callId)).not.toContain('message-started');
  });

  test("an agent's phone that dies in talk leaves the customer time for another agent", async () => {
    const recorder = await linkUp();
    const [first, second] = [await agent(recorder), await agent(recorder)];
    const callId = call(recorder, 7);
    await recorder.fact('answered', callId);
    bridge(recorder, callId, first);
    await recorder.fact('bridged', callId);
    recorder.link.telephony.perform({ do: 'hang-up', channelId: first });
    await recorder.fact('leg-ended', first);
    recorder.link.telephony.perform({ do: 'play-to-customer', callId, file: real.soundFile });
    bridge(recorder, callId, second);
    expect((await recorder.fact('bridged', callId, 1)).legId).toBe(second);
    recorder.link.telephony.perform({ do: 'hang-up', channelId: callId });
    await recorder.fact('call-ended', callId);
    expect(recorder.types(callId)).not.toContain('message-started');
  });

  test("a customer who goes while the bridge is made leaves the agent's leg ready for the next, or told as ended", async () => {
    const recorder = await linkUp();
    const legId = await agent(recorder);
    for (const delayMs of [0, 8, 16, 24, 32]) {
      const callId = call(recorder, 7);
      await recorder.fact('answered', callId);
      bridge(recorder, callId, legId);
      setTimeout(() => recorder.link.telephony.perform({ do: 'hang-up', channelId: callId }), delayMs);
      await recorder.fact('call-ended', callId);
    }
    const callId = call(recorder, 7);
    await recorder.fact('answered', callId);
    bridge(recorder, callId, legId);
    // FreeSWITCH itself ends both legs when the customer goes in the very millisecond in which the bridge stands (ADR 3).
    const next = await Promise.race([recorder.fact('bridged', callId), recorder.fact('leg-ended', legId)]);
    expect(next.type).toBe(recorder.types(legId).includes('leg-ended') ? 'leg-ended' : 'bridged');
    recorder.link.telephony.perform({ do: 'hang-up', channelId: callId });
    await recorder.fact('call-ended', callId);
  });

  test('a bridge to a leg that is gone fails with a fact', async () => {
    const recorder = await linkUp();
    const callId = call(recorder, 7);
    await recorder.fact('answered', callId);
    const { legId } = permittedLeg();
    bridge(recorder, callId, legId);
    expect((await recorder.fact('bridge-failed', callId)).reason).toContain('Invalid uuid');
    recorder.link.telephony.perform({ do: 'hang-up', channelId: callId });
    await recorder.fact('call-ended', callId);
  });

  test('an originate that the switch cannot even begin is not dialled', async () => {
    const recorder = await linkUp();
    const callId = call(recorder, 1, {
      trunk: { ...SOME_TRUNK, dialTemplate: 'sofia/gateway/none/{number}' },
    });
    expect((await recorder.fact('not-dialled', callId)).reason).toBe('INVALID_GATEWAY');
    expect(recorder.types(callId)).toEqual(['not-dialled']);
  });

  test('a gateway that the switch does not have is told as unknown', async () => {
    const recorder = await linkUp();
    const asked = { trunkId: '01900000-0000-7000-8000-0000000000bb' as never, gateway: 'none' };
    recorder.link.telephony.perform({ do: 'see-gateway', ...asked });
    expect(await recorder.fact('gateway-seen')).toMatchObject({ ...asked, state: 'unknown-gateway' });
  });

  test('an agent who is not registered is a leg that ended', async () => {
    const recorder = await linkUp();
    const { legId, permit } = permittedLeg('7777');
    recorder.link.telephony.perform({ do: 'call-agent', permit });
    await recorder.fact('leg-ended', legId);
  });

  test('another pool hears nothing of our channels, and we nothing of its', async () => {
    const [ours, theirs] = [await linkUp(), await linkUp()];
    const callId = call(ours, 2);
    const other = call(theirs, 5);
    await ours.fact('call-ended', callId);
    await theirs.fact('call-ended', other);
    expect(ours.types(other)).toEqual([]);
    expect(theirs.types(callId)).toEqual([]);
  });

  test('a later owner of the pool supersedes us and finds our channels', async () => {
    const first = await linkUp();
    const legId = await agent(first);
    const callId = call(first, 7, { orphanAfterMs: milliseconds(20_000) });
    await first.fact('answered', callId);
    bridge(first, callId, legId);
    await first.fact('bridged', callId);
    const ringing = call(first, 3);
    await first.fact('rang', ringing);
    await untilListed(first, ringing);
    const second = await linkUp({ poolId: first.poolId, epoch: 2 as Epoch });
    expect(await first.fact('superseded')).toMatchObject({ epoch: 2 });
    const { channels } = await second.fact('link-up');
    const byId = new Map(channels.map((channel) => [channel.channelId as string, channel]));
    expect([...byId.keys()].toSorted()).toEqual([callId, legId, ringing].toSorted());
    expect(byId.get(callId)).toMatchObject({ purpose: 'call', epoch: 1, bridgedTo: legId });
    expect(byId.get(callId)?.answeredAt).not.toBeNull();
    expect(byId.get(callId)?.bridgedAt).not.toBeNull();
    expect(byId.get(legId)).toMatchObject({ purpose: 'agent-leg', bridgedTo: callId });
    expect(byId.get(ringing)).toMatchObject({ purpose: 'call', answeredAt: null });
    for (const channelId of byId.keys()) {
      second.link.telephony.perform({ do: 'hang-up', channelId: channelId as CallId });
    }
    await second.fact('call-ended', callId);
    await second.fact('call-ended', ringing);
    await second.fact('leg-ended', legId);
  });

  test('a switch that crashes and comes back is found again, without the calls it had', async () => {
    const recorder = await linkUp();
    const callId = call(recorder, 7);
    await recorder.fact('answered', callId);
    const crashed = real;
    await crashed.crash();
    await recorder.fact('link-down');
    real = await startRealSwitch(crashed);
    await crashed.stop();
    const { channels } = await recorder.fact('link-up', null, 1);
    expect(channels).toEqual([]);
    const next = call(recorder, 2);
    expect(await recorder.fact('call-ended', next)).toMatchObject({ unanswered: 'busy' });
  });

  test("the switch's clock is known to within its tick", async () => {
    const recorder = await linkUp();
    await recorder.fact('call-ended', call(recorder, 2));
    recorder.link.telephony.perform({ do: 'see-channels' });
    const { at } = await recorder.fact('channels-seen');
    expect(Math.abs(at - machineClock.now())).toBeLessThan(1000);
  });
});
