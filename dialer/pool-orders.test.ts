import { describe, expect, test } from 'vitest';
import type { CallCandidate } from '../compliance/candidate.ts';
import type { AgentId, CallId, CampaignId, LeadId, NumberId } from '../kernel/ids.ts';
import { seconds } from '../kernel/time.ts';
import type { Ending } from '../campaigns/ending.ts';
import { PREVIEWS_MISSED } from './agent.ts';
import { muchRoom, PoolWorld, someCampaign, someTrunk, type WorldOptions } from './pool-world.fixture.ts';
import type { OpenAttempt } from './pool-event.ts';
import { SKIPPED_REST_MS } from './pool-previews.ts';

const CAMPAIGN = 'campaign' as CampaignId;
const ANN = 'agent-1' as AgentId;
const BY_HAND = {
  type: 'dial',
  campaignId: CAMPAIGN,
  leadId: 'mine' as LeadId,
  numberId: 'number' as NumberId,
} as const;

const manual = (options: WorldOptions = {}): PoolWorld =>
  new PoolWorld({ campaigns: [someCampaign({ dialMode: 'manual' })], seats: 1, ...options });
const preview = (options: WorldOptions = {}, changes = {}): PoolWorld =>
  new PoolWorld({ campaigns: [someCampaign({ dialMode: 'preview', ...changes })], seats: 1, ...options });
/** Numbers of zones where it is night. */
const asleep = (candidate: CallCandidate): CallCandidate => ({ ...candidate, zones: ['Asia/Tokyo'] });

/** What the agent's leg was told to dial last. */
function dialledFor(world: PoolWorld): CallId {
  const command = world.sent('dial-for-agent').at(-1);
  if (!command) throw new Error('nothing was dialled for an agent');
  return command.clearance.candidate.callId;
}
function dialByHand(world: PoolWorld, number = 1, click = 'click'): CallId {
  expect(world.command(number, BY_HAND, click)).toBeNull();
  expect(world.later.get(click)).toEqual({ ok: true });
  return dialledFor(world);
}
const bridgedTo = (world: PoolWorld, callId: CallId, number = 1): void =>
  world.fact({ type: 'bridged', callId, legId: world.leg(number), at: world.now });
const legEnds = (world: PoolWorld): void =>
  world.fact({ type: 'leg-ended', legId: world.leg(1), at: world.now, reason: 'NORMAL_CLEARING' });

describe('dialling by hand', () => {
  test('goes through the gate and the commit, then the agent’s own leg dials with the gate’s clearance', () => {
    const world = manual();
    const callId = dialByHand(world);
    const [command] = world.sent('dial-for-agent');
    expect(command).toMatchObject({ legId: world.leg(1), agentId: ANN, clearance: { kind: 'cleared' } });
    expect(world.sent('originate')).toEqual([]);
    const commit = world.effects.find((effect) => effect.do === 'commit');
    expect(commit).toMatchObject({ forAgent: { agentId: ANN, isManual: true }, isSweep: false });
    expect(world.agent(1)).toMatchObject({ state: 'dialling', callId });
  });

  test('he hears it ring, and is in the talk with the answer: nobody waits a moment', () => {
    const world = manual();
    const callId = dialByHand(world);
    world.rang(callId);
    expect(world.loop.desk(ANN, world.time)?.dialling).toMatchObject({
      callId,
      stage: 'ringing',
      purpose: 'manual',
    });
    world.answered(callId);
    bridgedTo(world, callId);
    expect(world.agent(1)).toMatchObject({ state: 'talking', callId });
    expect(world.sent('bridge')).toEqual([]);
    expect(world.sent('play-tone')).toEqual([]);
    world.pass(5000);
    world.ended(callId, 'customer');
    expect(world.ending(callId)).toMatchObject({
      call: { ending: 'connected', purpose: 'manual' },
      ledger: { isAbandoned: false },
    });
    expect(world.agent(1).state).toBe('wrapping-up');
  });

  test('early media that he hears is no answer; the answer finds him there', () => {
    const world = manual();
    const callId = dialByHand(world);
    world.rang(callId);
    bridgedTo(world, callId);
    expect(world.agent(1).state).toBe('dialling');
    world.pass(1000);
    world.answered(callId);
    expect(world.agent(1).state).toBe('talking');
    const { times } = world.effects.findLast((effect) => effect.do === 'store-call')?.call ?? {};
    expect(times).toMatchObject({ answeredAt: world.now, bridgedAt: world.now, agentId: ANN });
  });

  test.each<[Ending, 'no-answer' | 'busy' | 'rejected' | 'carrier-failure']>([
    ['no-answer', 'no-answer'],
    ['busy', 'busy'],
    ['rejected', 'rejected'],
    ['carrier-failure', 'carrier-failure'],
  ])('%s: he is ready again with his place kept, and no ledger row is written', (ending, cause) => {
    const world = manual({ seats: 2 });
    world.pass(1000);
    const callId = dialByHand(world);
    world.pass(2000);
    world.ended(callId, 'carrier', cause);
    expect(world.ending(callId)).toMatchObject({ call: { ending }, ledger: null });
    expect(world.agent(1).state).toBe('ready');
    world.campaigns([someCampaign({ dialMode: 'progressive' })]);
    expect(world.talk().number).toBe(1);
  });

  test('out of a pause he comes back to his pause', () => {
    const world = manual();
    world.command(1, { type: 'pause', reason: 'lunch' });
    const callId = dialByHand(world);
    expect(world.agent(1)).toMatchObject({ state: 'dialling', wanted: 'pause' });
    world.ended(callId, 'carrier', 'busy');
    expect(world.agent(1)).toMatchObject({ state: 'paused', reason: 'lunch' });
  });

  test('a pause asked for while it rings waits for its end', () => {
    const world = manual();
    const callId = dialByHand(world);
    expect(world.command(1, { type: 'pause', reason: 'lunch' })).toEqual({ ok: true });
    world.rang(callId);
    expect(world.agent(1).state).toBe('dialling');
    world.ended(callId, 'carrier');
    expect(world.agent(1)).toMatchObject({ state: 'paused', reason: 'lunch' });
  });

  test('he gives it up while it rings: his own hang-up, no answer, and he is free', () => {
    const world = manual();
    const callId = dialByHand(world);
    world.rang(callId);
    expect(world.command(1, { type: 'hang-up' })).toEqual({ ok: true });
    expect(world.sent('hang-up')).toEqual([{ do: 'hang-up', channelId: callId }]);
    world.ended(callId, 'us', 'carrier-failure');
    expect(world.ending(callId)).toMatchObject({
      call: { ending: 'no-answer', hungUpBy: 'agent' },
      ledger: null,
    });
    expect(world.agent(1).state).toBe('ready');
  });

  test('when his phone goes while it rings the call is taken back: nobody answers into silence', () => {
    const world = manual();
    const callId = dialByHand(world);
    world.rang(callId);
    legEnds(world);
    expect(world.agent(1).state).toBe('phone-lost');
    expect(world.sent('hang-up')).toEqual([{ do: 'hang-up', channelId: callId }]);
    world.ended(callId, 'us');
    expect(world.ending(callId)).toMatchObject({ call: { ending: 'no-answer' }, ledger: null });
  });

  test('when his phone goes in the talk the customer is kept for the next agent', () => {
    const world = manual({ seats: 2 });
    const callId = dialByHand(world);
    world.answered(callId);
    bridgedTo(world, callId);
    world.pass(3000);
    legEnds(world);
    expect(world.sent('bridge')).toMatchObject([{ callId, legId: world.leg(2) }]);
  });

  test('a number revoked while it rings is cancelled, and he is free', () => {
    const world = manual();
    const callId = dialByHand(world);
    world.rang(callId);
    const phone = world.sent('dial-for-agent')[0]!.clearance.candidate.phone;
    world.feed({ type: 'do-not-call-added', entries: [{ phone, campaignId: null }] });
    expect(world.sent('hang-up')).toEqual([{ do: 'hang-up', channelId: callId }]);
    world.ended(callId, 'us');
    expect(world.ending(callId)).toMatchObject({ call: { ending: 'revoked' }, ledger: null });
    expect(world.agent(1).state).toBe('ready');
  });

  test('revoked between commit and dial it is never dialled', () => {
    const world = manual();
    world.answers.commits = false;
    world.command(1, BY_HAND, 'click');
    const commit = world.held('commit');
    const { phone } = commit.verdicts[0]!.candidate;
    world.feed({ type: 'do-not-call-added', entries: [{ phone, campaignId: null }] });
    world.answerCommit(commit);
    expect(world.sent('dial-for-agent')).toEqual([]);
    expect(world.later.get('click')).toMatchObject({ ok: false, code: 'refused' });
    expect(world.endings()).toMatchObject([{ call: { ending: 'revoked', times: { dialledAt: null } } }]);
    expect(world.agent(1).state).toBe('ready');
  });

  test('what the gate refuses is answered with the sentence of the lead’s history, and nothing is dialled', () => {
    const world = manual();
    world.candidate = asleep;
    expect(world.command(1, BY_HAND, 'click')).toBeNull();
    expect(world.later.get('click')).toMatchObject({
      ok: false,
      code: 'refused',
      message: expect.stringContaining('calls are allowed there from 08:00 to 21:00') as string,
      refusal: { rule: 'calling-window', zones: ['Asia/Tokyo'] },
    });
    expect(world.sent('dial-for-agent')).toEqual([]);
    expect(world.agent(1).state).toBe('ready');
  });

  test('the same click again is answered again and dials nothing more, also while the first one is under way', () => {
    const world = manual();
    world.answers.claims = false;
    expect(world.command(1, BY_HAND, 'click')).toBeNull();
    expect(world.command(1, BY_HAND, 'click')).toBeNull();
    world.answerLead(world.held('claim-lead'));
    expect(world.command(1, BY_HAND, 'click')).toEqual({ ok: true });
    expect(world.sent('dial-for-agent')).toHaveLength(1);
  });

  test('a lead that somebody else has, and a number that is being called, are answered so', () => {
    const world = manual();
    world.answers.claims = false;
    world.command(1, BY_HAND, 'first');
    world.answerLead(world.held('claim-lead'), false);
    expect(world.later.get('first')).toMatchObject({ ok: false, code: 'lead-busy' });
    world.answers.commits = false;
    world.command(1, BY_HAND, 'second');
    world.answerLead(world.held('claim-lead'));
    const commit = world.held('commit');
    world.answerCommit(commit, [commit.verdicts[0]!.candidate.callId]);
    expect(world.later.get('second')).toMatchObject({ ok: false, code: 'number-busy' });
    expect(world.agent(1).state).toBe('ready');
    expect(world.sent('dial-for-agent')).toEqual([]);
  });

  test('given up or without a phone before the commit came back, nothing is dialled', () => {
    for (const leave of [(world: PoolWorld) => world.command(1, { type: 'hang-up' }), legEnds]) {
      const world = manual();
      world.answers.commits = false;
      world.command(1, BY_HAND, 'click');
      leave(world);
      world.answerCommit(world.held('commit'));
      expect(world.sent('dial-for-agent')).toEqual([]);
      expect(world.later.get('click')).toMatchObject({ ok: false, code: 'given-up' });
      expect(world.endings()).toMatchObject([
        { call: { ending: 'lost', times: { dialledAt: null } }, ledger: null },
      ]);
      expect(['ready', 'phone-lost']).toContain(world.agent(1).state);
    }
  });

  test('a commit without a reply dials nothing, is undone, and frees him at once', () => {
    const world = manual();
    world.answers.commits = false;
    world.command(1, BY_HAND, 'click');
    world.feed({ type: 'commit-lost', batchId: world.held('commit').batchId });
    expect(world.later.get('click')).toMatchObject({ ok: false, code: 'database-down' });
    expect(world.effects.some((effect) => effect.do === 'undo-commit' && effect.isManual)).toBe(true);
    expect(world.agent(1).state).toBe('ready');
  });

  test('with lines ringing for him he is asked to pause first; they would be left alone', () => {
    const world = new PoolWorld({ seats: 1 });
    world.nextLine();
    expect(world.command(1, BY_HAND)).toMatchObject({ ok: false, code: 'lines-ringing' });
  });

  test('in a predictive campaign a paused agent dials by hand, and the pacer neither counts him nor his line', () => {
    const campaigns = [someCampaign({ dialMode: 'progressive' })];
    const world = new PoolWorld({ campaigns, seats: 2, leads: 1 });
    world.command(2, { type: 'pause', reason: 'lunch' });
    const line = world.nextLine();
    const own = dialByHand(world, 2);
    world.rang(own);
    // Ann's pause is bound by her own line alone.
    world.ended(line, 'carrier');
    expect(world.command(1, { type: 'pause', reason: 'lunch' })).toEqual({ ok: true });
    expect(world.agent(1).state).toBe('paused');
  });

  test.each([
    ['campaign-not-running', { state: 'paused' }],
    ['no-trunk', { trunk: null }],
    ['no-line', { trunk: { ...someCampaign().trunk!, callsMax: 0 } }],
    ['campaign-closed', { dailyHours: [[], [], [], [], [], [], []] }],
  ] as const)('%s is said at once', (code, changes) => {
    const world = manual({ campaigns: [someCampaign({ dialMode: 'manual', ...changes })] });
    expect(world.command(1, BY_HAND)).toMatchObject({ ok: false, code });
    expect(world.agent(1).state).toBe('ready');
  });

  test('nobody dials while the database is silent', () => {
    const world = manual();
    world.feed({ type: 'database-seen', isUp: false });
    expect(world.command(1, BY_HAND)).toMatchObject({ ok: false, code: 'not-dialling' });
  });
});

describe('preview', () => {
  test('each ready agent has one lead on his screen; nothing is dialled before his click', () => {
    const world = preview({ seats: 2 });
    world.pass(1000);
    const [first, second] = [world.agent(1), world.agent(2)];
    expect([first.state, second.state]).toEqual(['previewing', 'previewing']);
    const shown = world.loop.desk(ANN, world.time)?.preview;
    expect(shown).toMatchObject({ campaignId: CAMPAIGN, purpose: 'preview', then: 'skip' });
    world.pass(10_000);
    expect(world.commands.filter((command) => command.do !== 'see-channels')).toEqual([]);
    expect(world.effects.filter((effect) => effect.do === 'commit')).toEqual([]);
  });

  const shownLead = (world: PoolWorld): LeadId => {
    const shown = world.loop.desk(ANN, world.time)?.preview;
    if (!shown) throw new Error('no preview');
    return shown.leadId;
  };

  test('at the click the facts are read anew, the gate is asked, and his leg dials', () => {
    const world = preview();
    world.pass(1000);
    const leadId = shownLead(world);
    expect(world.command(1, { type: 'preview-dial', leadId }, 'click')).toBeNull();
    expect(world.effects.findLast((effect) => effect.do === 'claim-lead')).toMatchObject({
      leadId,
      isHeld: true,
    });
    expect(world.later.get('click')).toEqual({ ok: true });
    const callId = dialledFor(world);
    world.answered(callId);
    bridgedTo(world, callId);
    expect(world.agent(1).state).toBe('talking');
  });

  test('a refusal at the click is said, and the next lead comes', () => {
    const world = preview();
    world.pass(1000);
    const leadId = shownLead(world);
    world.candidate = asleep;
    world.command(1, { type: 'preview-dial', leadId }, 'click');
    expect(world.later.get('click')).toMatchObject({ ok: false, code: 'refused' });
    world.pass(1000);
    expect(shownLead(world)).not.toBe(leadId);
  });

  test('skipped, the lead goes back with a due time and the reason, and is no attempt', () => {
    const world = preview();
    world.pass(1000);
    const leadId = shownLead(world);
    expect(world.command(1, { type: 'preview-skip', leadId, reason: 'not my language' })).toEqual({
      ok: true,
    });
    expect(world.effects.findLast((effect) => effect.do === 'skip-preview')).toMatchObject({
      agentId: ANN,
      preview: { leadId },
      reason: 'not my language',
      dueAt: world.now + SKIPPED_REST_MS,
    });
    expect(world.endings()).toEqual([]);
    expect(world.agent(1).state).toBe('ready');
  });

  test('a late click for the lead before dials nobody', () => {
    const world = preview();
    world.pass(1000);
    const old = shownLead(world);
    world.command(1, { type: 'preview-skip', leadId: old, reason: 'later' });
    world.pass(1000);
    expect(world.command(1, { type: 'preview-dial', leadId: old })).toMatchObject({
      ok: false,
      code: 'preview-over',
    });
    expect(world.sent('dial-for-agent')).toEqual([]);
  });

  test.each(['dial', 'skip'] as const)('when the time is over: %s, as the campaign says', (previewThen) => {
    const world = preview({}, { previewThen, previewMs: seconds(20) });
    world.pass(1000);
    const leadId = shownLead(world);
    world.pass(20_000);
    const skips = world.effects.filter((effect) => effect.do === 'skip-preview');
    expect(world.sent('dial-for-agent')).toHaveLength(previewThen === 'dial' ? 1 : 0);
    expect(skips).toMatchObject(previewThen === 'dial' ? [] : [{ preview: { leadId }, reason: null }]);
  });

  test('who lets the time of three leads in a row run out is paused, and no fourth one goes back unseen', () => {
    const world = preview({}, { previewMs: seconds(20), previewsMissedMax: 3 });
    const skips = () => world.effects.filter((effect) => effect.do === 'skip-preview').length;
    world.pass(70_000);
    expect(world.agent(1)).toMatchObject({ state: 'paused', reason: PREVIEWS_MISSED, wanted: null });
    expect(skips()).toBe(3);
    world.pass(300_000);
    expect(skips()).toBe(3);
    world.command(1, { type: 'ready' });
    world.pass(30_000);
    expect(world.agent(1).state).toBe('previewing');
    expect(skips()).toBe(4);
  });

  test('whoever decides now and then is there: the count begins anew', () => {
    const world = preview({}, { previewMs: seconds(20), previewsMissedMax: 2 });
    for (let round = 0; round < 4; round += 1) {
      world.pass(25_000);
      world.command(1, { type: 'preview-skip', leadId: shownLead(world), reason: 'later' });
    }
    expect(world.agent(1).state).not.toBe('paused');
    expect(world.effects.filter((effect) => effect.do === 'skip-preview').length).toBeGreaterThan(5);
  });

  test('a campaign may leave an agent where he is', () => {
    const world = preview({}, { previewMs: seconds(5), previewsMissedMax: null });
    world.pass(120_000);
    expect(['previewing', 'ready']).toContain(world.agent(1).state);
    expect(world.effects.filter((effect) => effect.do === 'skip-preview').length).toBeGreaterThan(10);
  });

  test.each<[string, (world: PoolWorld) => void]>([
    ['he pauses', (world) => world.command(1, { type: 'pause', reason: 'lunch' })],
    ['he signs out', (world) => world.command(1, { type: 'sign-out' })],
    ['his phone goes', legEnds],
    [
      'the campaign is paused',
      (world) => {
        world.campaigns([someCampaign({ dialMode: 'preview', state: 'paused' })]);
        world.tick();
      },
    ],
  ])('when %s the lead goes back untouched', (_, leave) => {
    const world = preview();
    world.pass(1000);
    const leadId = shownLead(world);
    leave(world);
    expect(world.effects.findLast((effect) => effect.do === 'put-back')).toMatchObject({ leadIds: [leadId] });
    expect(world.agent(1).state).not.toBe('previewing');
  });

  test('who looks at a lead counts as idle for no other campaign', () => {
    const campaigns = [
      someCampaign({ dialMode: 'preview', priority: 1 }),
      someCampaign({ id: 'other' as CampaignId, dialMode: 'progressive' }),
    ];
    const world = new PoolWorld({ campaigns, seats: 1, leads: 5 });
    world.pass(3000);
    expect(world.agent(1).state).toBe('previewing');
    expect(world.sent('originate')).toEqual([]);
  });

  test('leads that find nobody any more go back', () => {
    const world = preview();
    world.answers.claims = false;
    world.pass(1000);
    const asked = world.held('claim-for-agents');
    world.command(1, { type: 'pause', reason: 'lunch' });
    world.answerAgents(asked);
    expect(world.effects.findLast((effect) => effect.do === 'put-back')).toMatchObject({
      leadIds: [expect.anything()],
    });
  });
});

describe('callbacks of one agent', () => {
  const dueForAnn = (world: PoolWorld): void => {
    world.due.set(ANN, CAMPAIGN);
    world.pass(3000);
  };

  test('he is reserved before it is dialled, and the answer is his alone', () => {
    const world = new PoolWorld({ seats: 2, leads: 0 });
    dueForAnn(world);
    const callId = dialledFor(world);
    expect(world.agent(1)).toMatchObject({ state: 'dialling', callId });
    expect(world.effects.find((effect) => effect.do === 'commit')).toMatchObject({
      forAgent: { agentId: ANN, isManual: false },
      verdicts: [{ candidate: { purpose: 'callback' } }],
    });
    world.rang(callId);
    world.answered(callId);
    bridgedTo(world, callId);
    expect(world.agent(1).state).toBe('talking');
    expect(world.agent(2).state).toBe('ready');
  });

  test('while they are claimed they hold their lines of the trunk', () => {
    const trunk = someTrunk({ callsMax: 1 });
    const world = new PoolWorld({ seats: 3, ready: 0, leads: 0, campaigns: [someCampaign({ trunk })] });
    world.due.set(ANN, CAMPAIGN);
    world.signIn(1);
    world.tick();
    world.answers.claims = false;
    world.pass(3000);
    const asked = world.held('claim-for-agents');
    world.signIn(2);
    world.signIn(3);
    world.pass(3000);
    expect(world.asked.filter(({ do: what }) => what === 'claim')).toEqual([]);
    world.answers.claims = true;
    world.answerAgents(asked);
    dialledFor(world);
  });

  test.each(['paused', 'talking', 'leaving'] as const)('nobody dials for an agent who is %s', (state) => {
    const world = new PoolWorld({ seats: 1, leads: state === 'paused' ? 0 : 1 });
    if (state === 'paused') world.command(1, { type: 'pause', reason: 'lunch' });
    if (state === 'talking') world.talk();
    if (state === 'leaving') {
      world.nextLine();
      world.command(1, { type: 'pause', reason: 'lunch' });
    }
    dueForAnn(world);
    expect(world.sent('dial-for-agent')).toEqual([]);
  });

  test('the pacer dials nothing for an agent who has a callback to make, and the callback waits for lines that ring for him', () => {
    const world = new PoolWorld({ seats: 1 });
    const line = world.nextLine();
    dueForAnn(world);
    expect(world.sent('dial-for-agent')).toEqual([]);
    world.ended(line, 'carrier', 'busy');
    world.pass(3000);
    expect(world.sent('originate')).toHaveLength(1);
    expect(world.sent('dial-for-agent')).toHaveLength(1);
  });

  test('a line that another free agent can take holds up no callback, and is his', () => {
    const world = new PoolWorld({ seats: 2, leads: 1 });
    const line = world.nextLine();
    dueForAnn(world);
    expect(world.sent('dial-for-agent')).toHaveLength(1);
    world.answered(line);
    expect(world.sent('bridge')).toMatchObject([{ legId: world.leg(2) }]);
  });

  test('an ordinary answer goes to whoever has no callback to make, although he waits longer', () => {
    const world = new PoolWorld({ seats: 2, leads: 2 });
    const [first] = [world.nextLine()];
    world.pass(100);
    dueForAnn(world);
    expect(world.sent('dial-for-agent')).toEqual([]);
    world.answered(first);
    expect(world.sent('bridge')).toMatchObject([{ legId: world.leg(2) }]);
  });

  test('in a preview campaign it is shown to its owner, as a callback', () => {
    const world = preview({ leads: 0 });
    dueForAnn(world);
    expect(world.loop.desk(ANN, world.time)?.preview).toMatchObject({ purpose: 'callback' });
    expect(world.sent('dial-for-agent')).toEqual([]);
  });

  test('in a manual campaign he dials by himself', () => {
    const world = manual();
    dueForAnn(world);
    expect(world.agent(1).state).toBe('ready');
    expect(world.sent('dial-for-agent')).toEqual([]);
  });

  test('what the gate refuses frees him, and he keeps his place', () => {
    const world = new PoolWorld({ seats: 1, leads: 0 });
    world.candidate = asleep;
    dueForAnn(world);
    expect(world.sent('dial-for-agent')).toEqual([]);
    expect(world.agent(1).state).toBe('ready');
  });
});

describe('a takeover in the middle', () => {
  const LEG = 'leg-1' as never;
  const CALL = 'call-1' as CallId;
  const at = (world: { now: number }, ms: number): never => (world.now + ms) as never;

  function takenOver(
    calls: readonly { readonly answered: boolean; readonly bridged: boolean }[],
    dialling = true,
  ): PoolWorld {
    const base = new PoolWorld({ seats: 0 });
    const identity: OpenAttempt['identity'] = {
      ...{ id: CALL, purpose: 'manual' as const, campaignId: CAMPAIGN, leadId: 'lead' as LeadId },
      ...{
        numberId: 'number' as NumberId,
        phone: '+13055550100' as never,
        placedAt: at(base, -10_000),
        forAgentId: ANN,
      },
    } as const;
    const times = { dialledAt: at(base, -9000), rangAt: at(base, -8000), answeredAt: null, bridgedAt: null };
    const attempt = {
      identity,
      times: { ...times, messageAt: null, agentId: null },
      lead: { attempts: 0, attemptsMax: 6, numbers: [] },
    };
    const agent = {
      id: ANN,
      since: at(base, -9000),
      idleSince: at(base, -9000),
      wanted: null,
      legId: LEG,
    } as const;
    const leg = {
      channelId: LEG,
      poolId: 'p' as never,
      epoch: 1 as never,
      purpose: 'agent-leg',
      agentId: ANN,
    } as const;
    const channels = calls.map(({ answered, bridged }) => ({
      ...{
        channelId: CALL,
        poolId: 'p' as never,
        epoch: 1 as never,
        purpose: 'call' as const,
        agentId: null,
      },
      answeredAt: answered ? at(base, -3000) : null,
      bridgedTo: bridged ? LEG : null,
      bridgedAt: bridged ? at(base, -3000) : null,
    }));
    return new PoolWorld({
      ...{ campaigns: [someCampaign({ dialMode: 'manual' })], seats: 1, ready: 0 },
      took: {
        attempts: [attempt],
        agents: [{ ...agent, ...(dialling ? { state: 'dialling', callId: CALL } : { state: 'ready' }) }],
      },
      channels: [...channels, { ...leg, answeredAt: at(base, -60_000), bridgedTo: null, bridgedAt: null }],
    });
  }

  test('a call that still rings is ended, its agent is free, and nothing is counted as abandoned', () => {
    const world = takenOver([{ answered: false, bridged: false }]);
    expect(world.sent('hang-up')).toEqual([{ do: 'hang-up', channelId: CALL }]);
    world.ended(CALL, 'us');
    expect(world.ending(CALL)).toMatchObject({ call: { ending: 'lost' }, ledger: null });
    expect(world.agent(1).state).toBe('ready');
  });

  test('a talk goes on, whatever the tables said of the agent', () => {
    for (const dialling of [true, false]) {
      const world = takenOver([{ answered: true, bridged: true }], dialling);
      expect(world.agent(1)).toMatchObject({ state: 'talking', callId: CALL });
      expect(world.sent('hang-up')).toEqual([]);
    }
  });

  test('a call of which nothing is to be seen ends as lost, frees the agent, and is no abandoned one: whoever answered was with him', () => {
    const world = takenOver([]);
    world.pass(10_000);
    for (let look = 0; look < 3; look += 1) {
      world.fact({
        type: 'channels-seen',
        at: world.now,
        channels: [
          {
            channelId: LEG,
            poolId: 'p' as never,
            epoch: 1 as never,
            purpose: 'agent-leg',
            agentId: ANN,
            answeredAt: at(world, -60_000),
            bridgedTo: null,
            bridgedAt: null,
          },
        ],
      });
      world.pass(4000);
    }
    expect(world.ending(CALL)).toMatchObject({ call: { ending: 'lost' }, ledger: null });
    expect(world.agent(1).state).toBe('ready');
  });
});

test('forty people who answered an agent teach the pacer nothing: it goes on learning', () => {
  const world = new PoolWorld({
    campaigns: [someCampaign({ dialMode: 'predictive' })],
    counts: [muchRoom(CAMPAIGN)],
    seats: 1,
    leads: 0,
  });
  world.command(1, { type: 'pause', reason: 'lunch' });
  for (let n = 0; n < 40; n += 1) {
    const callId = dialByHand(world, 1, `click-${String(n)}`);
    world.answered(callId);
    bridgedTo(world, callId);
    world.ended(callId, 'customer');
    world.command(1, { type: 'disposed', callId, next: 'pause' });
  }
  world.tick();
  expect(world.loop.view(world.time).campaigns[0]).toMatchObject({
    fallback: 'learning',
    today: { humanAnswers: 10_040, abandoned: 0 },
  });
});
