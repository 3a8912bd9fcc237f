import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CampaignId, LeadId, NumberId } from '../kernel/ids.ts';
import { seededRandom, type Random } from '../kernel/random.ts';
import { seconds } from '../kernel/time.ts';
import { agentId, phoneOf, PoolWorld, someCampaign, someTrunk } from './pool-world.fixture.ts';
import { CALM, PretendedSwitch, type Chaos } from './pretended-switch.fixture.ts';

const SEATS = 5;
const SHIFT_MS = 120_000;
/** Raise it for a long trial. */
const STORMY_SHIFTS = Number(process.env['RINGLINE_STORMY_SHIFTS'] ?? 6);

/** Agents who do what people do, a little of everything, at any moment. */
function act(world: PoolWorld, pretended: PretendedSwitch, random: Random): void {
  const often = (share: number): boolean => random.next() < share;
  for (let number = 1; number <= SEATS; number += 1) {
    const { state, callId } = world.agent(number);
    const owed = world.loop.desk(agentId(number), world.time)?.call;
    if (state === 'signed-out') world.command(number, { type: 'sign-in' });
    else if (state === 'phone-lost' && often(0.5)) world.command(number, { type: 'connect-phone' });
    else if (state === 'paused' && owed)
      world.command(number, { type: 'disposed', callId: owed.callId, next: 'ready' });
    else if (state === 'paused' && often(0.7)) world.command(number, { type: 'ready' });
    else if (state === 'wrapping-up' && callId && often(0.6))
      world.command(number, { type: 'disposed', callId, next: often(0.2) ? 'pause' : 'ready' });
    else if (state === 'talking' && often(0.2))
      world.command(number, { type: often(0.5) ? 'hold' : 'hang-up' });
    else if (state === 'on-hold' && often(0.5)) world.command(number, { type: 'resume' });
    else if (state === 'dialling' && often(0.05)) world.command(number, { type: 'hang-up' });
    else if (state === 'previewing') decide(world, number, random);
    if ((state === 'paused' || state === 'ready') && often(0.15)) dialByHand(world, number);
    if (often(0.01)) world.due.set(agentId(number), CAMPAIGN);
    if (often(0.03)) world.command(number, { type: 'pause', reason: 'lunch' });
    if (often(0.01)) world.command(number, { type: 'sign-out' });
    if (often(0.01) && state !== 'signed-out') pretended.vanish(world.leg(number));
  }
  if (often(0.05)) {
    const sent = world.sent('originate').at(-1);
    if (sent)
      world.feed({ type: 'do-not-call-added', entries: [{ phone: phoneOf(sent), campaignId: null }] });
  }
}

const CAMPAIGN = someCampaign().id;
let leads = 0;

function dialByHand(world: PoolWorld, number: number): void {
  leads += 1;
  const leadId = `by-hand-${String(leads)}` as LeadId;
  world.command(number, { type: 'dial', campaignId: CAMPAIGN, leadId, numberId: 'number' as NumberId });
}

function decide(world: PoolWorld, number: number, random: Random): void {
  const leadId = world.loop.desk(agentId(number), world.time)?.preview?.leadId;
  const luck = random.next();
  if (leadId === undefined || luck < 0.5) return;
  if (luck < 0.8) world.command(number, { type: 'preview-dial', leadId });
  else world.command(number, { type: 'preview-skip', leadId, reason: 'busy' });
}

/** What the database does to claims and commits: mostly answer, now and then late or not at all. */
function answerHeld(world: PoolWorld, random: Random): void {
  for (const asked of world.asked.splice(0)) {
    const luck = random.next();
    if (luck < 0.2) world.asked.push(asked);
    else if (asked.do === 'claim') {
      if (luck < 0.25) world.feed({ type: 'claim-failed', batchId: asked.batchId });
      else world.answerClaim(asked);
    } else if (asked.do === 'commit') {
      if (luck < 0.3) world.feed({ type: 'commit-lost', batchId: asked.batchId });
      else
        world.answerCommit(
          asked,
          luck < 0.4 ? asked.verdicts.slice(0, 1).map((v) => v.candidate.callId) : [],
        );
    } else if (asked.do === 'claim-lead') world.answerLead(asked, luck > 0.3);
    else if (asked.do === 'claim-for-agents') {
      if (luck < 0.3) world.feed({ type: 'claim-failed', batchId: asked.batchId });
      else world.answerAgents(asked);
    } else world.feed({ type: 'commit-undone', batchId: asked.batchId });
  }
}

interface Storm {
  readonly seed: number;
  readonly chaos: Chaos;
  readonly hasOutages: boolean;
}

/** A shift in the storm, then a calm in which everything must come to rest. */
function shift({ seed, chaos, hasOutages }: Storm): PoolWorld {
  const random = seededRandom(seed);
  const trunk = someTrunk({ callsMax: 12, callsPerSecondMax: 4 });
  const campaign = someCampaign({ dialMode: 'power', linesPerAgent: 2, trunk, abandonRateMax: 0.2 });
  const looked = someCampaign({
    ...{
      id: 'looked-at' as CampaignId,
      dialMode: 'preview',
      trunk,
      previewMs: seconds(5),
      previewThen: 'dial',
    },
  });
  const world = new PoolWorld({ seats: SEATS, ready: 0, campaigns: [campaign, looked] });
  const pretended = new PretendedSwitch(world, random);
  pretended.chaos = chaos;
  world.watch.isRingMinimumKept = chaos.drop === 0;
  world.answers.claims = world.answers.commits = world.answers.undos = false;
  pretended.pass(SHIFT_MS, () => {
    act(world, pretended, random);
    answerHeld(world, random);
    if (!hasOutages) return;
    if (pretended.isLinkUp ? random.next() < 0.03 : random.next() < 0.3) {
      if (pretended.isLinkUp) pretended.linkDown();
      else pretended.linkUp();
    }
    if (random.next() < 0.05) world.feed({ type: 'database-seen', isUp: random.next() < 0.6 });
  });
  pretended.linkUp();
  pretended.chaos = CALM;
  world.campaigns([campaign, looked].map((each) => ({ ...each, state: 'paused' })));
  pretended.pass(150_000, () => answerHeld(world, random));
  expect([...pretended.channels.values()].filter(({ purpose }) => purpose === 'call')).toEqual([]);
  return world;
}

function expectRest(world: PoolWorld): void {
  expect(world.calls).toEqual([]);
  const ended = world.endings().map(({ call }) => call.id);
  expect(new Set(ended).size).toBe(ended.length);
  for (const callId of world.dialled) expect(ended).toContain(callId);
  for (const { clearance } of world.sent('dial-for-agent'))
    expect(ended).toContain(clearance.candidate.callId);
  for (const { state } of world.loop.view(world.time).agents) {
    expect(['ready', 'paused', 'phone-lost', 'signed-out', 'phone-connecting']).toContain(state);
  }
}

const anySeed = fc.integer({ min: 1, max: 2 ** 31 - 1 });

/**
 * The watch of the fixture looks after every event: nobody in two calls, calls and agents in step, no bridge after the message,
 * one ending per call, no trunk over its limits, no ring cut short.
 */
describe('every call ends once and every agent becomes free, when facts', { timeout: 600_000 }, () => {
  const STORMS: readonly [string, Chaos, boolean][] = [
    ['come as they should', CALM, false],
    ['come twice', { ...CALM, duplicate: 0.3 }, false],
    ['come late, and overtake each other', { ...CALM, late: 0.3 }, false],
    ['are lost', { ...CALM, drop: 0.15 }, false],
    ['tell of bridges that failed or came too late', { ...CALM, badBridge: 0.5 }, false],
    ['stop with the link, and the database goes and comes', CALM, true],
    ['do all of this at once', { drop: 0.1, duplicate: 0.2, late: 0.2, badBridge: 0.3 }, true],
  ];
  test.each(STORMS)('%s', (_, chaos, hasOutages) => {
    let dialled = 0;
    fc.assert(
      fc.property(anySeed, (seed) => {
        const world = shift({ seed, chaos, hasOutages });
        expectRest(world);
        dialled += world.dialled.length;
      }),
      { numRuns: STORMY_SHIFTS, endOnFailure: true },
    );
    expect(dialled).toBeGreaterThan(10 * STORMY_SHIFTS);
  });
});

test('with nothing lost, our ledger is what really happened', { timeout: 60_000 }, () => {
  let ownAnswers = 0;
  fc.assert(
    fc.property(anySeed, (seed) => {
      const world = shift({ seed, chaos: CALM, hasOutages: false });
      const answered = world.endings().filter(({ call }) => call.times.answeredAt !== null);
      expect(answered.every(({ ledger }) => ledger !== null)).toBe(true);
      const days = world.loop.view(world.time).campaigns.map(({ today }) => today);
      const sum = (of: 'humanAnswers' | 'abandoned'): number => days.reduce((all, day) => all + day[of], 0);
      expect(sum('humanAnswers')).toBe(answered.length);
      expect(sum('abandoned')).toBe(answered.filter(({ ledger }) => ledger?.isAbandoned === true).length);
      // Nobody who answers a call that an agent dialled waits for him.
      const own = answered.filter(({ call }) => call.forAgentId !== null);
      ownAnswers += own.length;
      expect(own.filter(({ ledger }) => ledger?.isAbandoned === true)).toEqual([]);
    }),
    { numRuns: 5, endOnFailure: true },
  );
  expect(ownAnswers).toBeGreaterThan(0);
});
