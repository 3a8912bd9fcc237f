import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { describeWith } from '../../server/test-tools.ts';
import type { AgentId, CallId, Epoch, LegId } from '../../kernel/ids.ts';
import type { ChannelSnapshot, DialForAgentCommand } from '../telephony.ts';
import {
  clearedOriginate,
  permittedLeg,
  recordLink,
  SOME_TRUNK,
  type LinkRecorder,
} from './link-recorder.fixture.ts';
import { startRealSwitch, type RealSwitch } from './real-switch.fixture.ts';

describeWith(['freeswitch'], "a call that an agent's leg makes on a real FreeSWITCH", () => {
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

  async function agent(recorder: LinkRecorder, extension = '1000'): Promise<LegId> {
    const { legId, permit } = permittedLeg(extension);
    recorder.link.telephony.perform({ do: 'call-agent', permit });
    await recorder.fact('leg-parked', legId);
    return legId;
  }

  const AGENT = '01900000-0000-7000-8000-0000000000aa' as AgentId;

  /** What the carrier does is told by the number's last digit. */
  function dial(
    recorder: LinkRecorder,
    legId: LegId,
    number: { readonly lastDigit: number; readonly dialTemplate?: string },
  ): CallId {
    const { callId, clearance, trunk, callerId, ringTimeoutMs, progressTimeoutMs, campaignId } =
      clearedOriginate({
        phone: `+1305555010${String(number.lastDigit)}`,
        trunk: { ...SOME_TRUNK, codecs: 'PCMU,PCMA', dialTemplate: number.dialTemplate ?? real.dialTemplate },
      });
    const command: DialForAgentCommand = {
      ...{ do: 'dial-for-agent', clearance, trunk, callerId, ringTimeoutMs, progressTimeoutMs, campaignId },
      legId,
      agentId: AGENT,
    };
    recorder.link.telephony.perform(command);
    return callId;
  }

  const hangUp = (recorder: LinkRecorder, channelId: CallId | LegId): void =>
    recorder.link.telephony.perform({ do: 'hang-up', channelId });

  test('answered after ringing: joined within the tick, hung up by us, and the leg is parked for the next one', async () => {
    const recorder = await linkUp();
    const legId = await agent(recorder);
    const callId = dial(recorder, legId, { lastDigit: 1 });
    const answered = await recorder.fact('answered', callId);
    const bridged = await recorder.fact('bridged', callId);
    expect(bridged).toMatchObject({ legId });
    expect(bridged.at).toBeGreaterThanOrEqual(answered.at);
    hangUp(recorder, callId);
    expect(await recorder.fact('call-ended', callId)).toMatchObject({ hungUpBy: 'us' });
    await recorder.fact('leg-parked', legId, 1);
    expect(recorder.types(callId)).toEqual(['dialled', 'rang', 'answered', 'bridged', 'call-ended']);
    const again = dial(recorder, legId, { lastDigit: 6 });
    expect(await recorder.fact('call-ended', again)).toMatchObject({ hungUpBy: 'customer' });
    await recorder.fact('leg-parked', legId, 2);
    hangUp(recorder, legId);
    await recorder.fact('leg-ended', legId);
  });

  test('early media is heard by the agent before the answer', async () => {
    const recorder = await linkUp();
    const legId = await agent(recorder);
    const callId = dial(recorder, legId, { lastDigit: 9 });
    await recorder.fact('answered', callId);
    expect(recorder.types(callId)).toEqual(['dialled', 'rang', 'bridged', 'answered']);
    hangUp(recorder, callId);
    await recorder.fact('leg-parked', legId, 1);
    hangUp(recorder, legId);
    await recorder.fact('leg-ended', legId);
  });

  test.each([
    [0, 'invalid-number', 404],
    [2, 'busy', 486],
    [4, 'busy', 486],
    [5, 'rejected', 603],
    [8, 'carrier-failure', 503],
  ] as const)(
    'a number ending in %i is %s (SIP %i), and the leg is parked again',
    async (digit, unanswered, sipStatus) => {
      const recorder = await linkUp();
      const legId = await agent(recorder);
      const callId = dial(recorder, legId, { lastDigit: digit });
      const ended = await recorder.fact('call-ended', callId);
      expect(ended).toMatchObject({ unanswered, hungUpBy: 'carrier', raw: { sipStatus } });
      await recorder.fact('leg-parked', legId, 1);
      hangUp(recorder, legId);
      await recorder.fact('leg-ended', legId);
    },
  );

  test('a call that we take back while it rings leaves the agent on his line', async () => {
    const recorder = await linkUp();
    const legId = await agent(recorder);
    const callId = dial(recorder, legId, { lastDigit: 3 });
    await recorder.fact('rang', callId);
    hangUp(recorder, callId);
    expect(await recorder.fact('call-ended', callId)).toMatchObject({
      unanswered: 'no-answer',
      hungUpBy: 'us',
    });
    await recorder.fact('leg-parked', legId, 1);
    hangUp(recorder, legId);
    await recorder.fact('leg-ended', legId);
  });

  test('a hang-up that is sent before the channel exists ends the call', async () => {
    const recorder = await linkUp();
    const legId = await agent(recorder);
    const callId = dial(recorder, legId, { lastDigit: 3 });
    // One that is asked for before the dial was sent keeps it from being sent.
    await Promise.resolve();
    hangUp(recorder, callId);
    await recorder.fact('call-ended', callId);
    await recorder.fact('leg-parked', legId, 1);
    hangUp(recorder, legId);
    await recorder.fact('leg-ended', legId);
  });

  test('a trunk that does not exist was not dialled', async () => {
    const recorder = await linkUp();
    const legId = await agent(recorder);
    const callId = dial(recorder, legId, { lastDigit: 1, dialTemplate: 'sofia/nobody/{number}@127.0.0.1' });
    await recorder.fact('not-dialled', callId);
    expect(recorder.types(callId)).toEqual(['not-dialled']);
    hangUp(recorder, legId);
    await recorder.fact('leg-ended', legId);
  });

  test('a leg that is gone dials nothing', async () => {
    const recorder = await linkUp();
    const legId = await agent(recorder);
    hangUp(recorder, legId);
    await recorder.fact('leg-ended', legId);
    const callId = dial(recorder, legId, { lastDigit: 1 });
    await recorder.fact('not-dialled', callId);
  });

  test("when the agent's phone goes while it rings, the switch itself takes the call back", async () => {
    const recorder = await linkUp();
    const legId = await agent(recorder);
    const callId = dial(recorder, legId, { lastDigit: 3 });
    await recorder.fact('rang', callId);
    hangUp(recorder, legId);
    const ended = await recorder.fact('call-ended', callId);
    expect(ended.raw.hangupCause).toBe('ORIGINATOR_CANCEL');
  });

  test("a customer whose agent's phone goes stays, and another agent takes him", async () => {
    const recorder = await linkUp();
    const [first, second] = [await agent(recorder), await agent(recorder, '1001')];
    const callId = dial(recorder, first, { lastDigit: 1 });
    await recorder.fact('bridged', callId);
    hangUp(recorder, first);
    await recorder.fact('leg-ended', first);
    recorder.link.telephony.perform({ do: 'bridge', callId, legId: second, agentId: AGENT });
    expect(await recorder.fact('bridged', callId, 1)).toMatchObject({ legId: second });
    hangUp(recorder, callId);
    await recorder.fact('leg-parked', second, 1);
    hangUp(recorder, second);
    await recorder.fact('leg-ended', second);
  });

  test('on hold and back', async () => {
    const recorder = await linkUp();
    const legId = await agent(recorder);
    const callId = dial(recorder, legId, { lastDigit: 1 });
    await recorder.fact('bridged', callId);
    recorder.link.telephony.perform({ do: 'hold', callId, legId });
    await recorder.fact('leg-parked', legId, 1);
    recorder.link.telephony.perform({ do: 'resume', callId, legId });
    await recorder.fact('bridged', callId, 1);
    hangUp(recorder, callId);
    await recorder.fact('call-ended', callId);
    await recorder.fact('leg-parked', legId, 2);
    hangUp(recorder, legId);
    await recorder.fact('leg-ended', legId);
  });

  test('the next owner sees the call that rings, and the talk with whose it is', async () => {
    const before = await linkUp();
    const [first, second] = [await agent(before), await agent(before, '1001')];
    const ringing = dial(before, first, { lastDigit: 3 });
    const talking = dial(before, second, { lastDigit: 1 });
    await before.fact('rang', ringing);
    await before.fact('bridged', talking);
    before.link.close();
    const after = await linkUp({ poolId: before.poolId, epoch: 2 as Epoch });
    await after.fact('link-up');
    // The switch's list of channels lags behind its events.
    let up: readonly ChannelSnapshot[] = [];
    const shown = (id: CallId): ChannelSnapshot | undefined => up.find(({ channelId }) => channelId === id);
    for (
      let looks = 0;
      shown(talking)?.answeredAt === undefined || shown(talking)?.answeredAt === null;
      looks += 1
    ) {
      after.link.telephony.perform({ do: 'see-channels' });
      up = (await after.fact('channels-seen', null, looks)).channels;
    }
    expect(shown(ringing)).toMatchObject({ purpose: 'call', epoch: 1, answeredAt: null });
    expect(shown(talking)).toMatchObject({ purpose: 'call', bridgedTo: second });
    hangUp(after, ringing);
    await after.fact('call-ended', ringing);
    await after.fact('leg-parked', first);
    for (const id of [talking, first, second]) hangUp(after, id);
    await after.fact('leg-ended', second);
  });
});
