import type { Ending } from '../campaigns/ending.ts';
import { judgeAnswer, type AnswerJudgement } from '../compliance/abandonment.ts';
import { localDay } from '../compliance/local-time.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { EndedCall } from './call.ts';
import type { CampaignSettings } from './campaign-settings.ts';

/** One row of the abandonment ledger: one human answer. */
export interface LedgerEntry extends AnswerJudgement {
  readonly answeredAt: EpochMs;
  /** Day of the answer in the campaign's zone. */
  readonly localDay: string;
}

/** Answers proven not to be a person's, and numbers revoked while they rang, are no human answers. */
const NOT_HUMAN: ReadonlySet<Ending> = new Set([
  'machine',
  'message-left',
  'fax',
  'sit',
  'screening',
  'revoked',
]);

/**
 * What the ledger says of a call; null when no person answered. A call that was dialled and of whose end nothing is known may have
 * been answered while no owner lived: what cannot be proven counts against us, as abandoned. Not so a call that an agent's own leg
 * made: whoever answered it was with him at once, also with no owner.
 */
export function ledgerEntryOf(
  call: EndedCall,
  settings: Pick<CampaignSettings, 'legalMs' | 'timeZone'>,
): LedgerEntry | null {
  const { answeredAt, bridgedAt: agentAt, dialledAt } = call.times;
  if (call.ending === 'lost' && call.raw === null && dialledAt !== null && call.forAgentId === null) {
    const day = localDay(settings.timeZone, dialledAt);
    return { answeredAt: dialledAt, localDay: day, isAbandoned: true, isEarlyHangUp: false };
  }
  if (answeredAt === null || NOT_HUMAN.has(call.ending)) return null;
  const judgement = judgeAnswer(
    { answeredAt, greetingEndedAt: null, agentAt, endedAt: call.endedAt },
    { legalMs: settings.legalMs, isEarlyHangUpAbandoned: true },
  );
  return { answeredAt, localDay: localDay(settings.timeZone, answeredAt), ...judgement };
}
