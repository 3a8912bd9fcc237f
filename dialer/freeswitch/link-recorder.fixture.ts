import { clear } from '../../compliance/gate.ts';
import { NOON, someCandidate } from '../../compliance/candidate.fixture.ts';
import type { AgentId, CallId, CampaignId, Epoch, LegId, PoolId } from '../../kernel/ids.ts';
import type { PhoneNumber } from '../../kernel/phone.ts';
import { seededRandom } from '../../kernel/random.ts';
import { milliseconds, seconds, type Clock, type EpochMs, type MonotonicMs } from '../../kernel/time.ts';
import { uuidV7 } from '../../kernel/uuid.ts';
import { permitAgentLeg } from '../agent-leg-permit.ts';
import type { OriginateCommand, SwitchFact, TrunkSettings } from '../telephony.ts';
import type { LinkLog } from './link-log.ts';
import type { SwitchAddress } from './switch-address.ts';
import { openSwitchLink, type SwitchLink, type SwitchLinkOptions } from './switch-link.ts';
import { systemTimers } from './timers.ts';

export const machineClock: Clock = {
  now: () => (performance.timeOrigin + performance.now()) as EpochMs,
  monotonic: () => performance.now() as MonotonicMs,
};

const newId = uuidV7((into) => {
  crypto.getRandomValues(into);
});
export const anId = <Id extends string>(): Id => newId<Id>(machineClock.now());

export const SOME_TRUNK: TrunkSettings = {
  dialTemplate: 'sofia/gateway/first/{number}',
  numberFormat: 'e164',
  callerIdIn: 'from',
  codecs: 'PCMU',
};

/** An originate that the gate has really cleared, just now. */
export function clearedOriginate(
  changes: { phone?: string; callId?: CallId; monotonic?: MonotonicMs } & Partial<OriginateCommand> = {},
): OriginateCommand & { callId: CallId } {
  const {
    phone = '+13055550101',
    callId = anId<CallId>(),
    monotonic = machineClock.monotonic(),
    ...command
  } = changes;
  const verdict = clear(someCandidate({ callId, phone: phone as PhoneNumber }), { now: NOON, monotonic });
  if (verdict.kind !== 'cleared') throw new Error(`refused by ${verdict.rule}`);
  return {
    do: 'originate',
    callId,
    clearance: verdict,
    trunk: SOME_TRUNK,
    callerId: '+13055550199' as PhoneNumber,
    ringTimeoutMs: seconds(25),
    progressTimeoutMs: seconds(12),
    orphanAfterMs: milliseconds(3000),
    messageFile: 'sorry.wav',
    campaignId: anId<CampaignId>(),
    ...command,
  };
}

export function permittedLeg(extension = '1000'): {
  legId: LegId;
  permit: NonNullable<ReturnType<typeof permitAgentLeg>>;
} {
  const legId = anId<LegId>();
  const permit = permitAgentLeg(anId<AgentId>(), legId, extension);
  if (!permit) throw new Error('not permitted');
  return { legId, permit };
}

export type FactOf<Type extends SwitchFact['type']> = Extract<SwitchFact, { readonly type: Type }>;

export interface LinkRecorder {
  readonly link: SwitchLink;
  readonly facts: readonly SwitchFact[];
  readonly poolId: PoolId;
  readonly epoch: Epoch;
  /** The first fact of that type, now or when it comes; `id` is a call's or a leg's. */
  fact<Type extends SwitchFact['type']>(
    type: Type,
    id?: CallId | LegId | null,
    skip?: number,
  ): Promise<FactOf<Type>>;
  types(id: CallId | LegId): readonly SwitchFact['type'][];
}

export function isAbout(fact: SwitchFact, id: CallId | LegId): boolean {
  return ('callId' in fact && fact.callId === id) || ('legId' in fact && fact.legId === id);
}

/** Opens a link and keeps what it tells. */
export function recordLink(
  address: SwitchAddress,
  options: Partial<SwitchLinkOptions> & { log?: LinkLog } = {},
): LinkRecorder {
  const facts: SwitchFact[] = [];
  const waiting = new Set<() => void>();
  const poolId = options.poolId ?? anId<PoolId>();
  const epoch = options.epoch ?? (1 as Epoch);
  const silent: LinkLog = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const link = openSwitchLink({
    url: address,
    agentDomain: '127.0.0.1',
    clock: machineClock,
    random: seededRandom(1),
    timers: systemTimers,
    log: silent,
    mayAct: () => true,
    onFact: (fact) => {
      facts.push(fact);
      for (const look of [...waiting]) look();
    },
    ...options,
    poolId,
    epoch,
  });
  return {
    link,
    facts,
    poolId,
    epoch,
    types: (id) => facts.filter((fact) => isAbout(fact, id)).map((fact) => fact.type),
    fact<Type extends SwitchFact['type']>(type: Type, id: CallId | LegId | null = null, skip = 0) {
      return new Promise<FactOf<Type>>((resolve) => {
        const look = (): void => {
          const found = facts.filter((fact) => fact.type === type && (id === null || isAbout(fact, id)))[
            skip
          ];
          if (!found) return;
          waiting.delete(look);
          resolve(found as FactOf<Type>);
        };
        waiting.add(look);
        look();
      });
    },
  };
}
