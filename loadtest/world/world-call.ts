import type { AgentId, CallId, CampaignId, LegId } from '../../kernel/ids.ts';
import type { PhoneNumber } from '../../kernel/phone.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Person, PersonUniforms } from '../people.ts';

/** One INVITE as the world knows it: the truth, of which the product sees only what a switch tells. */
export interface WorldCall {
  readonly callId: CallId;
  readonly campaignId: CampaignId;
  readonly phone: PhoneNumber;
  readonly person: Person;
  readonly uniforms: PersonUniforms;
  readonly dialledAt: EpochMs;
  readonly dialTemplate: string;
  /** The trunk was out: nobody was reached. */
  readonly isCarrierFailure: boolean;
  answeredAt: EpochMs | null;
  /** End of the "hello": the legal clock starts here. */
  greetingEndsAt: EpochMs | null;
  /** First moment at which an agent was heard. */
  audioAt: EpochMs | null;
  agentId: AgentId | null;
  legId: LegId | null;
  hasMessage: boolean;
  /** The product heard of the answer: a detector in the switch may keep it back, or take it for a machine's. */
  isTold: boolean;
  endedAt: EpochMs | null;
  endedBy: 'person' | 'us' | 'network' | null;
}

export const isHumanAnswer = (call: WorldCall): boolean =>
  call.answeredAt !== null && call.person.outcome === 'human';

/** No agent's audio by the end of the greeting + the legal time (metrics contract: equality is in time). */
export function isAbandoned(call: WorldCall, legalMs: number): boolean {
  if (!isHumanAnswer(call) || call.greetingEndsAt === null) return false;
  return call.audioAt === null || call.audioAt > call.greetingEndsAt + legalMs;
}

/** The person left before the legal moment with nobody there. */
export function isEarlyHangUp(call: WorldCall, legalMs: number): boolean {
  if (!isHumanAnswer(call) || call.greetingEndsAt === null || call.audioAt !== null) return false;
  return call.endedAt !== null && call.endedAt < call.greetingEndsAt + legalMs;
}
