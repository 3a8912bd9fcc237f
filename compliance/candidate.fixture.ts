import type { CallId, CampaignId, LeadId, NumberId, OrganizationId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { CallCandidate } from './candidate.ts';

/** Noon in New York on a Wednesday: the gate has nothing against {@link someCandidate}. */
export const NOON = Date.parse('2026-12-02T12:00:00-05:00') as EpochMs;

/** A lead in Miami that may be called at {@link NOON}. */
export function someCandidate(changes: Partial<CallCandidate> = {}): CallCandidate {
  return {
    callId: '01900000-0000-7000-8000-000000000001' as CallId,
    organizationId: '01900000-0000-7000-8000-000000000002' as OrganizationId,
    campaignId: '01900000-0000-7000-8000-000000000003' as CampaignId,
    leadId: '01900000-0000-7000-8000-000000000004' as LeadId,
    numberId: '01900000-0000-7000-8000-000000000005' as NumberId,
    phone: '+13055550100' as PhoneNumber,
    purpose: 'campaign',
    zones: ['America/New_York'],
    doNotCall: null,
    leadAttempts: 0,
    leadAttemptsMax: 6,
    numberAttempts: 0,
    numberAttemptsMax: null,
    leadAttemptsAt: [],
    leadAttemptsPerDayMax: null,
    numberAttemptsAt: [],
    numberAttemptsPerDayMax: 3,
    isAgentReserved: false,
    abandonedAt: null,
    lostAt: null,
    factsAt: NOON,
    ...changes,
  };
}
