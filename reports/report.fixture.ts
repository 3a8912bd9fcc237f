import fc from 'fast-check';
import { ENDINGS, type Ending } from '../campaigns/ending.ts';
import { storeAgents } from '../dialer/agent-presence.store.ts';
import { newAgent, type AgentStage } from '../dialer/agent.ts';
import { storeOutcomes } from '../dialer/call-outcome.store.ts';
import type { EndedCall } from '../dialer/call.ts';
import { ledgerEntryOf } from '../dialer/ledger-entry.ts';
import type { StoredPool } from '../dialer/stored-pool.fixture.ts';
import type { AgentId, CallId, LeadId, LegId, NumberId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import { milliseconds, toIso, type EpochMs } from '../kernel/time.ts';
import { isAttempt, type ReportedCall } from './figures.ts';

/** An ended call by its lengths of time; null: that did not happen. */
export interface RandomCall {
  readonly placedAfterMs: number;
  readonly isDialled: boolean;
  readonly ringAfterMs: number | null;
  readonly answerAfterMs: number | null;
  readonly bridgeAfterMs: number | null;
  readonly lengthMs: number;
  readonly ending: Ending;
  readonly agent: number;
  readonly code: string | null;
}

const STEP_MS = 250;
const within = (max: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: max / STEP_MS }).map((steps) => steps * STEP_MS);

/** Calls of any kind, most of them answered, within `spanMs`. */
export const randomCall = (spanMs: number): fc.Arbitrary<RandomCall> =>
  fc.record({
    placedAfterMs: within(spanMs),
    isDialled: fc.integer({ max: 9, min: 0 }).map((n) => n > 0),
    ringAfterMs: fc.option(within(8000)),
    answerAfterMs: fc.option(within(20_000), { freq: 4 }),
    bridgeAfterMs: fc.option(within(4000), { freq: 3 }),
    lengthMs: fc.oneof(fc.constantFrom(5999, 6000, 6001), within(20_000)),
    ending: fc.constantFrom<Ending>('connected', 'connected', ...ENDINGS),
    agent: fc.nat({ max: 2 }),
    code: fc.option(fc.constantFrom('sale', 'not-interested', 'machine', 'no-longer-a-word')),
  });

export interface RandomState {
  readonly agent: number;
  readonly afterMs: number;
  readonly state: AgentStage['state'];
  /** One of three calls of his. */
  readonly call: number;
}

const STATES = [
  'signed-out',
  'phone-connecting',
  'ready',
  'reserved',
  'talking',
  'on-hold',
  'wrapping-up',
  'paused',
] as const;

export const randomState = (spanMs: number): fc.Arbitrary<RandomState> =>
  fc.record({
    agent: fc.nat({ max: 2 }),
    afterMs: within(spanMs),
    state: fc.constantFrom(...STATES),
    call: fc.nat({ max: 2 }),
  });

/** Writes ended calls as the owner of a pool does, with what the ledger says of them. */
export async function storeRandomCalls(
  pool: StoredPool,
  { agents, leadIds, from }: { agents: readonly AgentId[]; leadIds: readonly LeadId[]; from: EpochMs },
  calls: readonly RandomCall[],
): Promise<readonly EndedCall[]> {
  const { organization, organizationId, seed, fence, newId } = pool;
  const ended = calls.map((call, i) => {
    const placedAt = (from + call.placedAfterMs) as EpochMs;
    return endedCall(call, {
      id: newId<CallId>(placedAt),
      purpose: 'campaign',
      campaignId: seed.campaignId,
      leadId: leadIds[i % leadIds.length]!,
      numberId: newId<NumberId>(placedAt),
      phone: `+1305555${String(1000 + i)}` as PhoneNumber,
      placedAt,
      agentId: agents[call.agent % agents.length]!,
    });
  });
  for (const { id, placedAt, leadId, numberId, phone, campaignId } of ended) {
    await organization.query`
      insert into call (call_id, placed_at, organization_id, pool_id, epoch, purpose, campaign_id, lead_id, number_id, phone, clearance,
                        is_simulated)
      values (${id}, ${new Date(placedAt)}, ${organizationId}, ${seed.poolId}, ${fence.epoch}, 'campaign', ${campaignId}, ${leadId},
              ${numberId}, ${phone}, '{}', false)`;
    // One lead is called many times here, which the open attempts of one moment would not allow.
    await organization.query`
      insert into open_attempt (call_id, organization_id, pool_id, epoch, campaign_id, lead_id, phone, placed_at)
      values (${id}, ${organizationId}, ${seed.poolId}, ${fence.epoch}, ${campaignId}, ${newId<LeadId>(placedAt)}, ${phone},
              ${new Date(placedAt)})`;
  }
  await storeOutcomes(
    organization,
    fence,
    ended.map((call) => ({
      call,
      isAttempt: isAttempt(reported(call)),
      next: { state: 'waiting', dueAt: call.endedAt, finishedWhy: null, number: null },
      ledger: ledgerEntryOf(call, { legalMs: milliseconds(2000), timeZone: 'America/New_York' }),
    })),
  );
  return ended;
}

const reported = ({ times, endedAt, ending }: EndedCall): ReportedCall => ({
  ...times,
  endedAt,
  ending,
  isPerson: true,
});

function endedCall(
  call: RandomCall,
  {
    agentId,
    ...identity
  }: Pick<EndedCall, 'id' | 'purpose' | 'campaignId' | 'leadId' | 'numberId' | 'phone' | 'placedAt'> & {
    readonly agentId: AgentId;
  },
): EndedCall {
  const plus = (at: EpochMs | null, ms: number | null): EpochMs | null =>
    at === null || ms === null ? null : ((at + ms) as EpochMs);
  const dialledAt = call.isDialled ? identity.placedAt : null;
  const answeredAt = plus(dialledAt, call.answerAfterMs);
  const bridgedAt = plus(answeredAt, call.bridgeAfterMs);
  const times = {
    dialledAt,
    rangAt: plus(dialledAt, call.ringAfterMs),
    answeredAt,
    bridgedAt,
    messageAt: null,
    agentId: bridgedAt === null ? null : agentId,
  };
  const endedAt = ((bridgedAt ?? answeredAt ?? identity.placedAt) + call.lengthMs) as EpochMs;
  return {
    ...identity,
    forAgentId: null,
    times,
    state: 'ended',
    ending: call.ending,
    endedAt,
    hungUpBy: 'customer',
    raw: { hangupCause: 'NORMAL_CLEARING', sipStatus: 200, q850Cause: 16 },
  };
}

export interface StatesToStore {
  readonly agents: readonly AgentId[];
  readonly from: EpochMs;
  readonly callOf: (state: Pick<RandomState, 'agent' | 'call'>) => CallId;
}

/** Writes changes of states as the owner of a pool does. */
export async function storeRandomStates(
  { organization, organizationId, fence }: StoredPool,
  { agents, from, callOf }: StatesToStore,
  states: readonly RandomState[],
): Promise<void> {
  const changes = states.map(({ agent, afterMs, state, call }) => ({
    agent: {
      ...newAgent(agents[agent % agents.length]!, (from + afterMs) as EpochMs),
      ...stageOf(state, callOf({ agent, call })),
    },
    isNewState: true,
  }));
  await storeAgents(organization, fence, { organizationId, changes });
}

const stageOf = (state: AgentStage['state'], callId: CallId): object => ({
  state,
  legId: '01900000-0000-7000-8000-00000000001a' as LegId,
  callId,
  reason: 'lunch',
  until: 0,
  isDisposed: false,
  unfinishedCallId: null,
});

/** A further agent of the pool. */
export async function addAgent(
  { organization, organizationId, seed, newId }: StoredPool,
  name: string,
): Promise<AgentId> {
  const agentId = newId<AgentId>(Date.parse('2026-10-01') as EpochMs);
  await organization.query`
    insert into app_user (user_id, organization_id, email, name, password_hash, role, created_at)
    values (${agentId}, ${organizationId}, ${`${agentId}@example.com`}, ${name}, 'x', 'agent', ${toIso(0 as EpochMs)})`;
  await organization.query`
    insert into agent (agent_id, organization_id, pool_id, extension)
    values (${agentId}, ${organizationId}, ${seed.poolId}, (20000 + (select count(*) from agent))::text)`;
  return agentId;
}
