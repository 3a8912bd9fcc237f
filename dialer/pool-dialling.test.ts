import { describe, expect, test } from 'vitest';
import { isIssued } from '../compliance/gate.ts';
import type { CallId, CampaignId, TrunkId } from '../kernel/ids.ts';
import { seconds, type EpochMs } from '../kernel/time.ts';
import {
  idOf,
  muchRoom,
  noCounts,
  phoneOf,
  PoolWorld,
  someCampaign,
  someTrunk,
} from './pool-world.fixture.ts';

const OTHER = 'other-campaign' as CampaignId;

describe('progressive', () => {
  test('dials one line for each idle agent, and not one more', () => {
    const world = new PoolWorld({ seats: 3 });
    world.pass(5000);
    expect(world.dialled).toHaveLength(3);
  });

  test('dials nothing for agents who are paused, signed out or about to leave', () => {
    const world = new PoolWorld({ seats: 4, ready: 3 });
    world.command(1, { type: 'pause', reason: 'lunch' });
    world.command(2, { type: 'sign-out' });
    world.pass(1000);
    expect(world.dialled).toHaveLength(1);
  });

  test('counts an answered person who waits as a line', () => {
    const world = new PoolWorld({ seats: 1 });
    const call = world.nextLine();
    world.answered(call);
    world.pass(1000);
    expect(world.dialled).toHaveLength(1);
  });

  test('lets two campaigns share the agents instead of dialling for each of them twice', () => {
    const world = new PoolWorld({ seats: 3, campaigns: [someCampaign(), someCampaign({ id: OTHER })] });
    world.pass(1000);
    expect(world.dialled).toHaveLength(3);
  });

  test('gives all agents to the campaign of higher priority while it has leads', () => {
    const world = new PoolWorld({
      seats: 3,
      campaigns: [someCampaign(), someCampaign({ id: OTHER, priority: 1 })],
    });
    world.pass(1000);
    expect(world.sent('originate').map(({ campaignId }) => campaignId)).toEqual([OTHER, OTHER, OTHER]);
  });

  test('goes on with the next campaign when the leads of the first are used up', () => {
    const world = new PoolWorld({
      seats: 3,
      leads: 2,
      campaigns: [someCampaign(), someCampaign({ id: OTHER })],
    });
    world.pass(5000);
    expect(world.dialled).toHaveLength(3);
  });

  test('places nothing outside the campaign’s own hours, and goes on when they begin', () => {
    // It is noon in New York.
    const fromOne = Array.from({ length: 7 }, () => [{ fromMinute: 12 * 60 + 1, toMinute: 18 * 60 }]);
    const world = new PoolWorld({ seats: 1, campaigns: [someCampaign({ dailyHours: fromOne })] });
    world.pass(59_000);
    expect(world.effects.filter((effect) => effect.do === 'claim')).toEqual([]);
    expect(world.loop.view(world.time).campaigns[0]?.why).toMatchObject({ kind: 'closed' });
    world.pass(2000);
    expect(world.dialled).toHaveLength(1);
  });

  test.each(['preview', 'manual'] as const)('places nothing by itself in %s mode', (dialMode) => {
    const world = new PoolWorld({ seats: 3, campaigns: [someCampaign({ dialMode })] });
    world.pass(5000);
    expect(world.dialled).toEqual([]);
  });

  test('asks for leads again a second after it found none', () => {
    const world = new PoolWorld({ seats: 1, leads: 0 });
    world.pass(3000);
    const claims = world.effects.filter((effect) => effect.do === 'claim' && !effect.isSweep);
    expect(claims).toHaveLength(3);
  });

  test.each(['draft', 'paused', 'finished'] as const)('dials nothing for a campaign that is %s', (state) => {
    const world = new PoolWorld({ campaigns: [someCampaign({ state })] });
    world.pass(5000);
    expect(world.dialled).toEqual([]);
  });

  test.each([{ trunk: null }, { callerId: null }])('dials nothing without %o', (missing) => {
    const world = new PoolWorld({ campaigns: [someCampaign(missing)] });
    world.pass(5000);
    expect(world.dialled).toEqual([]);
  });

  test('leaves a campaign alone that was given to another pool', () => {
    const world = new PoolWorld({ seats: 1 });
    world.campaigns([]);
    world.pass(5000);
    expect(world.dialled).toEqual([]);
  });
});

describe('lines that are claimed but not placed', () => {
  test('count as ringing: nobody dials for the same agent while the database thinks', () => {
    const world = new PoolWorld({ seats: 2, campaigns: [someCampaign(), someCampaign({ id: OTHER })] });
    world.answers.claims = false;
    world.pass(500);
    expect(world.asked).toHaveLength(1);
    world.answers.commits = false;
    world.answerClaim(world.held('claim'));
    world.pass(500);
    expect(world.effects.filter((effect) => effect.do === 'claim' && !effect.isSweep)).toHaveLength(1);
    world.answerCommit(world.held('commit'));
    expect(world.dialled).toHaveLength(2);
  });

  test('are put back when the campaign was paused meanwhile', () => {
    const world = new PoolWorld({ seats: 1 });
    world.answers.claims = false;
    world.pass(50);
    world.campaigns([someCampaign({ state: 'paused' })]);
    const leads = world.answerClaim(world.held('claim'));
    expect(world.effects.filter((effect) => effect.do === 'put-back')).toMatchObject([
      { leadIds: leads.map(({ candidate }) => candidate.leadId) },
    ]);
    expect(world.dialled).toEqual([]);
  });

  test('are forgotten when the claim fails, and asked for again a second later', () => {
    const world = new PoolWorld({ seats: 1 });
    world.answers.claims = false;
    world.pass(50);
    world.feed({ type: 'claim-failed', batchId: world.held('claim').batchId });
    world.pass(900);
    expect(world.asked).toHaveLength(0);
    world.pass(200);
    expect(world.asked).toHaveLength(1);
  });
});

describe('commit', () => {
  test('only the ids that it returns are dialled', () => {
    const world = new PoolWorld({ seats: 3 });
    world.answers.commits = false;
    world.pass(50);
    const asked = world.held('commit');
    const [first, second, third] = asked.verdicts.map(({ candidate }) => candidate.callId);
    world.answerCommit(asked, [second!]);
    expect(world.dialled).toEqual([first, third]);
  });

  test('the reply lost: nothing of the batch is dialled, undo is asked for, and later it goes on', () => {
    const world = new PoolWorld({ seats: 2 });
    world.answers.commits = false;
    world.answers.undos = false;
    world.pass(50);
    const lost = world.held('commit');
    world.feed({ type: 'commit-lost', batchId: lost.batchId });
    const undo = world.held('undo-commit');
    expect(undo.verdicts).toEqual(lost.verdicts);
    world.answers.commits = true;
    world.pass(10_000);
    expect(world.dialled).toEqual([]);
    // The answer comes after all: it is too late.
    world.feed({ type: 'commit-undone', batchId: undo.batchId });
    world.answerCommit(lost);
    expect(world.dialled).toEqual([]);
    world.pass(1100);
    expect(world.dialled).toHaveLength(2);
    for (const { candidate } of lost.verdicts) expect(world.dialled).not.toContain(candidate.callId);
  });

  test('answered twice, nothing is dialled twice', () => {
    const world = new PoolWorld({ seats: 1 });
    world.answers.commits = false;
    world.pass(50);
    const asked = world.held('commit');
    world.answerCommit(asked);
    world.answerCommit(asked);
    expect(world.dialled).toHaveLength(1);
  });

  test('has the refusals in it too, and they are not dialled', () => {
    const world = new PoolWorld({ seats: 2 });
    world.candidate = (candidate) => ({ ...candidate, doNotCall: 'campaign' });
    world.answers.commits = false;
    world.pass(50);
    const asked = world.held('commit');
    expect(asked.verdicts.map(({ kind }) => kind)).toEqual(['refused', 'refused']);
    world.answerCommit(asked);
    expect(world.dialled).toEqual([]);
  });
});

describe('a clearance', () => {
  test('that expired before the commit came back is asked for again, never used', () => {
    const world = new PoolWorld({ seats: 1 });
    world.answers.commits = false;
    world.pass(50);
    const asked = world.held('commit');
    world.now = (world.now + 2001) as EpochMs;
    world.answerCommit(asked);
    const [originate] = world.sent('originate');
    expect(originate?.clearance).not.toBe(asked.verdicts[0]);
    expect(originate && isIssued(originate.clearance)).toBe(true);
    expect(originate?.clearance.expiresAt).toBeGreaterThan(world.time.monotonic);
  });

  test('within its two seconds is used as it is', () => {
    const world = new PoolWorld({ seats: 1 });
    world.answers.commits = false;
    world.pass(50);
    const asked = world.held('commit');
    world.now = (world.now + 1999) as EpochMs;
    world.answerCommit(asked);
    expect(world.sent('originate')[0]?.clearance).toBe(asked.verdicts[0]);
  });

  test('that is refused when asked again: not dialled, no attempt, and not struck off for ever', () => {
    const world = new PoolWorld({ seats: 1 });
    world.answers.commits = false;
    world.pass(50);
    const asked = world.held('commit');
    // The facts are older than half a minute by now.
    world.now = (world.now + 31_000) as EpochMs;
    world.answerCommit(asked);
    expect(world.dialled).toEqual([]);
    expect(world.endings()).toMatchObject([
      { call: { ending: 'lost', times: { dialledAt: null } }, ledger: null },
    ]);
  });
});

describe('do-not-call', () => {
  const entry = (phone: ReturnType<typeof phoneOf>, campaignId: CampaignId | null = null) => ({
    type: 'do-not-call-added' as const,
    entries: [{ phone, campaignId }],
  });

  test('added between commit and originate: not dialled, and ended as revoked', () => {
    const world = new PoolWorld({ seats: 2 });
    world.answers.commits = false;
    world.pass(50);
    const asked = world.held('commit');
    const [revoked, other] = asked.verdicts.map(({ candidate }) => candidate);
    expect(world.loop.phonesInHand()).toEqual([revoked!.phone, other!.phone]);
    world.feed(entry(revoked!.phone));
    world.answerCommit(asked);
    expect(world.dialled).toEqual([other!.callId]);
    expect(world.ending(revoked!.callId)).toMatchObject({
      call: { ending: 'revoked', times: { dialledAt: null } },
      ledger: null,
    });
  });

  test('of one campaign stops that campaign alone, also when the number is on the lists of several', () => {
    for (const lists of [[OTHER], ['campaign' as CampaignId, OTHER], [null, OTHER]] as const) {
      const world = new PoolWorld({ seats: 1 });
      world.answers.commits = false;
      world.pass(50);
      const asked = world.held('commit');
      const { phone } = asked.verdicts[0]!.candidate;
      for (const campaignId of lists) {
        const event = entry(phone, campaignId);
        // The watch knows nothing of campaigns.
        if (lists.length > 1) world.feed(event);
        else world.loop.handle(event, world.time);
      }
      world.answerCommit(asked);
      expect(world.dialled).toHaveLength(lists.length > 1 ? 0 : 1);
    }
  });

  test('added while it rings: cancelled at once, revoked, neither answered nor abandoned', () => {
    const world = new PoolWorld({ seats: 1 });
    const callId = world.nextLine();
    world.rang(callId);
    world.pass(3000);
    world.feed(entry(phoneOf(world.sent('originate')[0]!)));
    expect(world.sent('hang-up')).toEqual([{ do: 'hang-up', channelId: callId }]);
    // The person answers while the cancel is on its way.
    world.answered(callId);
    expect(world.sent('bridge')).toEqual([]);
    world.ended(callId, 'us');
    expect(world.ending(callId)).toMatchObject({ call: { ending: 'revoked' }, ledger: null });
  });

  test('changes nothing for somebody who talks already', () => {
    const world = new PoolWorld({ seats: 1 });
    const { callId } = world.talk();
    world.feed(entry(phoneOf(world.sent('originate')[0]!)));
    expect(world.sent('hang-up')).toEqual([]);
    expect(world.call(callId)).toMatchObject({ state: 'connected' });
  });

  test('is forgotten after five minutes, when every commit has long read it itself', () => {
    const world = new PoolWorld({ seats: 1 });
    const callId = world.nextLine();
    const phone = phoneOf(world.sent('originate')[0]!);
    world.loop.handle(entry(phone, OTHER), world.time);
    world.loop.handle(entry(phone), world.time);
    world.ended(callId, 'us');
    world.now = (world.now + 301_000) as EpochMs;
    world.loop.handle({ type: 'do-not-call-added', entries: [] }, world.time);
    world.candidate = (candidate) => ({ ...candidate, phone });
    const next = world.nextLine();
    expect(world.sent('originate').map((sent) => [idOf(sent), phoneOf(sent)])).toContainEqual([next, phone]);
  });
});

describe('nothing is dialled', () => {
  test('while the database does not answer; bridges go on', () => {
    const world = new PoolWorld({ seats: 2 });
    const first = world.nextLine();
    const [, second] = world.dialled;
    world.feed({ type: 'database-seen', isUp: false });
    world.ended(second!, 'carrier', 'busy');
    world.pass(5000);
    expect(world.dialled).toHaveLength(2);
    expect(world.why).toContain('database');
    world.answered(first);
    expect(world.sent('bridge')).toMatchObject([{ callId: first }]);
    world.feed({ type: 'database-seen', isUp: true });
    world.pass(1000);
    expect(world.dialled).toHaveLength(3);
  });

  test('when the database went away between commit and originate', () => {
    const world = new PoolWorld({ seats: 1 });
    world.answers.commits = false;
    world.pass(50);
    const asked = world.held('commit');
    world.feed({ type: 'database-seen', isUp: false });
    world.answerCommit(asked);
    expect(world.dialled).toEqual([]);
    expect(world.endings()).toMatchObject([{ call: { ending: 'lost', times: { dialledAt: null } } }]);
  });

  test.each([-1001, 1001])("while the clock is %i ms off the database's", (offsetMs) => {
    const world = new PoolWorld({ seats: 1 });
    world.feed({ type: 'clock-checked', offsetMs });
    world.pass(5000);
    expect(world.dialled).toEqual([]);
    expect(world.why).toContain('clock');
    world.feed({ type: 'clock-checked', offsetMs: 1000 });
    world.pass(1000);
    expect(world.dialled).toHaveLength(1);
  });

  test('before the switch has shown what is up', () => {
    const world = new PoolWorld({ seats: 1, channels: null });
    world.pass(5000);
    expect(world.effects.filter((effect) => effect.do === 'claim')).toEqual([]);
  });

  test('while the link to the switch is down', () => {
    const world = new PoolWorld({ seats: 1 });
    world.fact({ type: 'link-down', at: world.now, reason: 'ECONNREFUSED' });
    world.pass(5000);
    expect(world.dialled).toEqual([]);
    expect(world.why).toContain('ECONNREFUSED');
  });

  test('after another owner has announced a higher epoch: the pool is left for good', () => {
    const world = new PoolWorld({ seats: 1 });
    world.answers.commits = false;
    world.pass(50);
    const asked = world.held('commit');
    world.fact({ type: 'superseded', epoch: 3 as never, at: world.now });
    expect(world.effects.filter((effect) => effect.do === 'leave')).toHaveLength(1);
    world.answerCommit(asked);
    world.pass(5000);
    expect(world.dialled).toEqual([]);
    expect(world.command(1, { type: 'pause', reason: 'lunch' })).toMatchObject({
      ok: false,
      code: 'not-owner',
    });
  });
});

const ROOM = muchRoom('campaign' as CampaignId);

describe('a trunk', () => {
  const narrow = (changes: Parameters<typeof someTrunk>[0], more = {}) =>
    someCampaign({ trunk: someTrunk(changes), dialMode: 'power', linesPerAgent: 10, ...more });

  test('is never asked for more calls per second than it takes, in any second', () => {
    const world = new PoolWorld({ seats: 5, campaigns: [narrow({ callsPerSecondMax: 7 })], counts: [ROOM] });
    // The watch counts every window of one second.
    world.pass(4000);
    expect(world.dialled.length).toBeGreaterThan(4 * 7 - 7);
    expect(world.dialled.length).toBeLessThanOrEqual(5 * 7);
  });

  test('not even when slow commits of two campaigns come back at the same moment', () => {
    const campaigns = [
      narrow({ callsPerSecondMax: 5 }, { linesPerAgent: 1 }),
      narrow({ callsPerSecondMax: 5 }, { id: OTHER, linesPerAgent: 10 }),
    ];
    const world = new PoolWorld({ seats: 4, campaigns, counts: [ROOM, muchRoom(OTHER)] });
    world.answers.commits = false;
    for (let round = 0; round < 20; round += 1) {
      world.pass(300);
      while (round % 4 === 3 && world.asked.length > 0) world.answerCommit(world.held('commit'));
    }
    expect(world.dialled.length).toBeGreaterThan(5);
  });

  test('never carries more calls than it has channels', () => {
    const world = new PoolWorld({ seats: 5, campaigns: [narrow({ callsMax: 12 })], counts: [ROOM] });
    world.pass(5000);
    expect(world.dialled).toHaveLength(12);
    world.ended(world.dialled[0]!, 'carrier', 'busy');
    world.pass(1000);
    expect(world.dialled).toHaveLength(13);
  });

  test('that was changed between claim and originate gets nothing that was not reserved on it', () => {
    const world = new PoolWorld({ seats: 1, campaigns: [narrow({})] });
    world.answers.commits = false;
    world.pass(50);
    const asked = world.held('commit');
    world.campaigns([narrow({ id: 'new-trunk' as TrunkId, dialTemplate: 'sofia/new/{number}' })]);
    world.answerCommit(asked);
    expect(world.dialled).toEqual([]);
  });
});

describe('beyond the abandonment ledger', () => {
  const spent = (where: 'today' | 'period') => {
    const counts = noCounts('campaign' as CampaignId);
    // 3 % of 100 and 2 more are allowed; five are used up.
    return { ...counts, [where]: { ...counts[where], humanAnswers: 100, abandoned: 5 } };
  };

  test.each(['power', 'predictive'] as const)('%s dials one line for each idle agent', (dialMode) => {
    for (const where of ['today', 'period'] as const) {
      const world = new PoolWorld({
        seats: 4,
        campaigns: [someCampaign({ dialMode, linesPerAgent: 5 })],
        counts: [spent(where)],
      });
      world.pass(5000);
      expect(world.dialled).toHaveLength(4);
      expect(world.loop.view(world.time).campaigns[0]).toMatchObject({ effectiveMode: 'progressive' });
    }
  });

  test('power dials more than one line for each agent while there is room', () => {
    const world = new PoolWorld({
      seats: 4,
      campaigns: [someCampaign({ dialMode: 'power', linesPerAgent: 2.5 })],
      counts: [ROOM],
    });
    world.pass(5000);
    expect(world.dialled).toHaveLength(10);
  });

  test('an abandoned call of this owner counts at once', () => {
    const counts = noCounts('campaign' as CampaignId);
    const world = new PoolWorld({
      seats: 1,
      campaigns: [someCampaign({ dialMode: 'power', linesPerAgent: 2, legalMs: seconds(1) })],
      counts: [{ ...counts, today: { ...counts.today, abandoned: 1 } }],
    });
    world.pass(1000);
    expect(world.dialled).toHaveLength(2);
    const [first, second] = world.dialled;
    world.answered(first!);
    world.bridged(first!);
    world.answered(second!);
    world.pass(1000);
    world.ended(second!, 'us');
    expect(world.loop.view(world.time).campaigns[0]).toMatchObject({
      today: { humanAnswers: 1, abandoned: 2 },
    });
    world.ended(first!, 'customer');
    world.command(1, { type: 'disposed', callId: first!, next: 'ready' });
    world.pass(2000);
    expect(world.dialled).toHaveLength(3);
  });
});

describe('a sweep of closed zones', () => {
  test('has its leads judged, and dials none: also those are put back whose window has just opened', () => {
    const world = new PoolWorld({ seats: 1, leads: 0 });
    world.closedLeads = 3;
    world.pass(6000);
    const commits = world.effects.filter((effect) => effect.do === 'commit');
    expect(commits).toMatchObject([{ isSweep: true, verdicts: { length: 3 } }]);
    expect(commits[0]?.verdicts.every(({ kind }) => kind === 'cleared')).toBe(true);
    expect(world.dialled).toEqual([]);
  });

  test('comes every five seconds, and after a second when it was full', () => {
    const sweepsIn10s = (closedLeads: number): number => {
      const world = new PoolWorld({ seats: 0 });
      world.closedLeads = closedLeads;
      world.pass(9900);
      return world.effects.filter((effect) => effect.do === 'claim' && effect.isSweep).length;
    };
    expect(sweepsIn10s(0)).toBe(2);
    expect(sweepsIn10s(800)).toBe(6);
  });
});

describe('campaigns that share agents', () => {
  const TIGHT = 'tight' as CampaignId;
  const ROOMY = 'roomy' as CampaignId;
  const shared = (): PoolWorld => {
    const { today, period, ...counts } = noCounts(TIGHT);
    const used = { humanAnswers: 20, abandoned: 2 };
    return new PoolWorld({
      seats: 1,
      campaigns: [
        someCampaign({ id: TIGHT, priority: 1 }),
        someCampaign({ id: ROOMY, dialMode: 'power', linesPerAgent: 3 }),
      ],
      counts: [{ ...counts, today: { ...today, ...used }, period: { ...period, ...used } }, muchRoom(ROOMY)],
    });
  };
  const linesOf = (world: PoolWorld, id: CampaignId): CallId[] =>
    world
      .sent('originate')
      .filter(({ campaignId }) => campaignId === id)
      .map(idOf);

  test('keep an agent for each line of one whose limit leaves no room', () => {
    const world = shared();
    world.pass(2000);
    expect(linesOf(world, TIGHT)).toHaveLength(1);
    expect(linesOf(world, ROOMY)).toEqual([]);
    world.ended(linesOf(world, TIGHT)[0]!, 'carrier', 'busy');
    world.feed({
      type: 'campaigns-read',
      campaigns: [someCampaign({ id: ROOMY, dialMode: 'power', linesPerAgent: 3 })],
      counts: [],
    });
    world.pass(2000);
    expect(linesOf(world, ROOMY)).toHaveLength(3);
  });

  test('give the next agent to its people first, whoever answered before', () => {
    const world = shared();
    world.pass(2000);
    const [tight] = linesOf(world, TIGHT);
    world.fact({ type: 'leg-ended', legId: world.leg(1), at: world.now, reason: 'gone' });
    world.seats(4);
    for (const number of [2, 3, 4]) world.signIn(number);
    world.pass(2000);
    const [roomy] = linesOf(world, ROOMY);
    for (const number of [2, 3, 4])
      world.fact({ type: 'leg-ended', legId: world.leg(number), at: world.now, reason: 'gone' });
    world.answered(roomy!);
    world.pass(100);
    world.answered(tight!);
    world.signIn(1);
    expect(world.sent('bridge')).toMatchObject([{ callId: tight }]);
  });
});
