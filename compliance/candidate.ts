import type { CallId, CampaignId, LeadId, NumberId, OrganizationId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import type { EpochMs } from '../kernel/time.ts';

/** Why a call is placed. `inbound` and agents' legs are not judged by the gate. */
export type CallPurpose = 'campaign' | 'callback' | 'preview' | 'manual';

export type DoNotCallScope = 'organization' | 'campaign';

/** All facts about one possible call that the gate's rules read, loaded together at `factsAt`. */
export interface CallCandidate {
  readonly callId: CallId;
  readonly organizationId: OrganizationId;
  readonly campaignId: CampaignId;
  readonly leadId: LeadId;
  readonly numberId: NumberId;
  readonly phone: PhoneNumber;
  readonly purpose: CallPurpose;
  /** Every IANA zone the number may be in; empty means that nothing is known. */
  readonly zones: readonly string[];
  readonly doNotCall: DoNotCallScope | null;
  /** Attempts of this campaign on this lead that count. */
  readonly leadAttempts: number;
  readonly leadAttemptsMax: number;
  /** Attempts of this campaign on this number that count, and its limit; null = none of its own. */
  readonly numberAttempts: number;
  readonly numberAttemptsMax: number | null;
  /** Moments of the attempts on any number of the lead in the last 24 hours, by all campaigns; needed where there is a limit. */
  readonly leadAttemptsAt: readonly EpochMs[];
  readonly leadAttemptsPerDayMax: number | null;
  /** Moments of the attempts on this number in the last 24 hours, by all campaigns, oldest first. */
  readonly numberAttemptsAt: readonly EpochMs[];
  readonly numberAttemptsPerDayMax: number;
  /** An agent waits for this very call before it is dialled: by hand, from a preview, or his own callback. */
  readonly isAgentReserved: boolean;
  /** Ends of the last abandoned and the last lost call to the number or the person, by all campaigns; null = none that could matter. */
  readonly abandonedAt: EpochMs | null;
  readonly lostAt: EpochMs | null;
  /** Facts older than {@link FACTS_FRESH_MS} are no facts: the gate refuses. */
  readonly factsAt: EpochMs;
}

/** Claim and commit follow each other within milliseconds; half a minute means that something stood still. */
export const FACTS_FRESH_MS = 30_000;
