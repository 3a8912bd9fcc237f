import TinyQueue from 'tinyqueue';
import type { Ending } from '../../campaigns/ending.ts';
import { callingWindowOf } from '../../compliance/calling-window.ts';
import type { CallCandidate } from '../../compliance/candidate.ts';
import type { Verdict } from '../../compliance/gate.ts';
import type { EndedCall } from '../../dialer/call.ts';
import type { ClaimedLead } from '../../dialer/pool-event.ts';
import type { CallId, CampaignId, LeadId, NumberId, OrganizationId } from '../../kernel/ids.ts';
import type { PhoneNumber } from '../../kernel/phone.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { NewId } from '../../kernel/uuid.ts';
import type { Scenario, ScenarioOutcome } from '../scenario.schema.ts';

/** A lead of the world; its k names the person behind it. */
export interface WorldLead {
  readonly k: number;
  readonly leadId: LeadId;
  readonly phone: PhoneNumber;
  readonly zone: string;
  attempts: number;
  dueAt: EpochMs;
}

export interface LeadBookPorts {
  readonly campaignId: CampaignId;
  readonly organizationId: OrganizationId;
  /** Of the campaign; absent = endless and always allowed. */
  readonly list: Scenario['list'];
  readonly newId: NewId;
  /** Numbers that are being called, over all campaigns: what the unique index of the open attempts holds in production. */
  readonly openPhones: Set<PhoneNumber>;
}

const OUTCOME_OF: Partial<Record<Ending, ScenarioOutcome>> = {
  'human-abandoned': 'human',
  'hung-up-waiting': 'human',
  connected: 'human',
  machine: 'machine',
  busy: 'busy',
  'invalid-number': 'invalid',
  'no-answer': 'noAnswer',
};

/** A dial that never reached anybody is tried again soon, and uses up no lead. */
const CARRIER_RETRY_MS = 60_000;
/** As in the real store: whoever lost the race for a number is looked at again after this. */
const RACE_LOST_WAIT_MS = 10_000;
const ENDLESS_TRIES = 1_000_000;

/**
 * The leads of one campaign in memory, with the claim and commit of the real store: by due time, open zones only, facts read at
 * the claim, one call per number, a claim is no attempt.
 */
export class LeadBook {
  readonly #ports: LeadBookPorts;
  /** Retries by zone, in order of their due time; fresh leads are made when they are claimed. */
  readonly #due = new Map<string, TinyQueue<WorldLead>>();
  readonly #claimed = new Map<LeadId, WorldLead>();
  readonly #calling = new Map<CallId, WorldLead>();
  #fresh = 0;

  constructor(ports: LeadBookPorts) {
    this.#ports = ports;
  }

  /** Leads that were dialled at least once. */
  get leadsUsed(): number {
    return this.#used.size;
  }
  readonly #used = new Set<LeadId>();

  /** The lead behind a call that goes on. */
  behind(callId: CallId): WorldLead | undefined {
    return this.#calling.get(callId);
  }

  /** Leads beside those that the list makes by itself. */
  store(leads: readonly Pick<WorldLead, 'phone' | 'zone' | 'dueAt'>[]): LeadId[] {
    return leads.map((lead) => {
      this.#stored += 1;
      const k = -this.#stored;
      const leadId = `lead-${this.#ports.campaignId}-stored-${String(this.#stored)}` as LeadId;
      this.#putBack({ ...lead, k, leadId, attempts: 0 });
      return leadId;
    });
  }
  #stored = 0;

  claim(count: number, now: EpochMs): ClaimedLead[] {
    const leads: WorldLead[] = [];
    const open = [...this.#due.entries()]
      .filter(([zone]) => this.#isOpen(zone, now))
      .map(([, queue]) => queue);
    while (leads.length < count) {
      const lead = longestDue(open, now);
      if (lead === null) break;
      leads.push(lead);
    }
    for (let tries = 0; leads.length < count && tries < count * 4; tries += 1) {
      const lead = this.#nextFresh(now);
      if (lead === null) break;
      if (this.#isOpen(lead.zone, now)) leads.push(lead);
      else this.#putBack(lead);
    }
    return leads.map((lead) => {
      this.#claimed.set(lead.leadId, lead);
      return {
        candidate: this.#candidate(lead, now),
        lead: { attempts: lead.attempts, attemptsMax: this.#attemptsMax, numbers: [] },
      };
    });
  }

  /** Returns the calls that exist now: those of cleared leads whose number nobody calls. */
  commit(verdicts: readonly Verdict[], now: EpochMs): CallId[] {
    const placed: CallId[] = [];
    for (const verdict of verdicts) {
      const { leadId, callId } = verdict.candidate;
      const lead = this.#claimed.get(leadId);
      if (!lead) continue;
      this.#claimed.delete(leadId);
      if (verdict.kind === 'refused') {
        // Without a moment the refusal is for ever.
        if (verdict.retryAt === null) continue;
        lead.dueAt = verdict.retryAt;
        this.#putBack(lead);
      } else if (this.#ports.openPhones.has(lead.phone)) {
        lead.dueAt = (now + RACE_LOST_WAIT_MS) as EpochMs;
        this.#putBack(lead);
      } else {
        this.#ports.openPhones.add(lead.phone);
        this.#calling.set(callId, lead);
        placed.push(callId);
      }
    }
    return placed;
  }

  putBack(leadIds: readonly LeadId[]): void {
    for (const leadId of leadIds) {
      const lead = this.#claimed.get(leadId);
      this.#claimed.delete(leadId);
      if (lead) this.#putBack(lead);
    }
  }

  /** The call has ended: the lead is called again, or it is not. */
  ended(call: EndedCall): void {
    const lead = this.#calling.get(call.id);
    if (!lead) return;
    this.#calling.delete(call.id);
    this.#ports.openPhones.delete(lead.phone);
    const isAttempt = call.times.dialledAt !== null && call.ending !== 'carrier-failure';
    if (!isAttempt) {
      lead.dueAt = (call.endedAt + CARRIER_RETRY_MS) as EpochMs;
      this.#putBack(lead);
      return;
    }
    lead.attempts += 1;
    this.#used.add(lead.leadId);
    const outcome = OUTCOME_OF[call.ending];
    const restSeconds = outcome && this.#ports.list?.retryAfterSeconds[outcome];
    if (restSeconds === undefined || lead.attempts >= this.#attemptsMax) return;
    lead.dueAt = (call.endedAt + restSeconds * 1000) as EpochMs;
    this.#putBack(lead);
  }

  get #attemptsMax(): number {
    return this.#ports.list?.attemptsMax ?? 1;
  }

  #nextFresh(now: EpochMs): WorldLead | null {
    const max = this.#ports.list?.leads ?? Number.POSITIVE_INFINITY;
    if (this.#fresh >= max) return null;
    this.#fresh += 1;
    const k = this.#fresh;
    return {
      k,
      leadId: `lead-${this.#ports.campaignId}-${String(k)}` as LeadId,
      phone: `+1${this.#ports.campaignId}${String(k)}` as PhoneNumber,
      zone: this.#zoneOf(k, now),
      attempts: 0,
      dueAt: now,
    };
  }

  #zoneOf(k: number, now: EpochMs): string {
    const zones = this.#ports.list?.zones;
    if (!zones || zones.length === 0) return middayZone(now);
    // The golden ratio spreads any shares evenly over the list, without chance.
    const position = (k * 0.618_033_988_749_894_9) % 1;
    let below = 0;
    for (const { zone, share } of zones) {
      below += share;
      if (position < below) return zone;
    }
    return zones.at(-1)?.zone ?? middayZone(now);
  }

  #isOpen(zone: string, now: EpochMs): boolean {
    return callingWindowOf(this.#zoneNow(zone, now), now).isOpen;
  }

  /** Where the scenario says nothing of zones, calling is always allowed. */
  #zoneNow(zone: string, now: EpochMs): string {
    return this.#ports.list?.zones === undefined ? middayZone(now) : zone;
  }

  #putBack(lead: WorldLead): void {
    const key = this.#ports.list?.zones === undefined ? '' : lead.zone;
    let queue = this.#due.get(key);
    if (!queue) {
      queue = new TinyQueue<WorldLead>([], (a, b) => a.dueAt - b.dueAt || a.k - b.k);
      this.#due.set(key, queue);
    }
    queue.push(lead);
  }

  #candidate(lead: WorldLead, now: EpochMs): CallCandidate {
    const { campaignId, organizationId, newId } = this.#ports;
    return {
      callId: newId<CallId>(now),
      organizationId,
      campaignId,
      leadId: lead.leadId,
      numberId: lead.leadId as string as NumberId,
      phone: lead.phone,
      purpose: 'campaign',
      zones: [this.#zoneNow(lead.zone, now)],
      doNotCall: null,
      leadAttempts: lead.attempts,
      leadAttemptsMax: this.#attemptsMax,
      leadAttemptsAt: [],
      leadAttemptsPerDayMax: null,
      numberAttempts: 0,
      numberAttemptsMax: null,
      numberAttemptsAt: [],
      numberAttemptsPerDayMax: ENDLESS_TRIES,
      // A lead has one number and is called by one campaign here: its own due time is its rest.
      isAgentReserved: false,
      abandonedAt: null,
      lostAt: null,
      factsAt: now,
    };
  }
}

/** Takes the lead that has been due longest out of all these queues. */
function longestDue(queues: readonly TinyQueue<WorldLead>[], now: EpochMs): WorldLead | null {
  let first: TinyQueue<WorldLead> | null = null;
  for (const queue of queues) {
    const dueAt = queue.peek()?.dueAt ?? Infinity;
    if (dueAt <= now && dueAt < (first?.peek()?.dueAt ?? Infinity)) first = queue;
  }
  return first?.pop() ?? null;
}

/** A zone in which it is about one o'clock in the afternoon; the signs of Etc/GMT are reversed (IANA). */
export function middayZone(now: EpochMs): string {
  const hour = new Date(now).getUTCHours();
  const offset = 13 - hour;
  const within = offset > 12 ? offset - 24 : offset < -12 ? offset + 24 : offset;
  return within === 0 ? 'Etc/GMT' : `Etc/GMT${within > 0 ? '-' : '+'}${String(Math.abs(within))}`;
}
