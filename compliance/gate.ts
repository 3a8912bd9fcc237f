import { elapsedMonotonic, type EpochMs, type MonotonicMs } from '../kernel/time.ts';
import { checkAttemptLimit } from './attempt-limit.ts';
import { checkCallingWindow } from './calling-window.ts';
import { FACTS_FRESH_MS, type CallCandidate } from './candidate.ts';
import { checkDoNotCall } from './do-not-call.ts';
import { checkRest } from './rest.ts';
import { RULES_VERSION, type Objection, type Refusal, type RuleCheck } from './verdict.ts';

/** What must hold while the cleared call is made. */
export interface ClearanceConditions {
  /** An agent must be reserved before the dial; such a call is never overdialled. */
  readonly agentReserved: boolean;
  /** A recorded message may be played when nobody is free. */
  readonly messageAllowed: boolean;
  readonly recording: 'none' | 'announce' | 'off-until-consent';
}

/** Proof that one call may be placed, for two seconds. Only {@link clear} makes one: see {@link isIssued}. */
export interface Clearance {
  readonly kind: 'cleared';
  readonly candidate: CallCandidate;
  readonly rulesVersion: string;
  readonly conditions: ClearanceConditions;
  readonly expiresAt: MonotonicMs;
}

export type Verdict = Clearance | Refusal;

/** An instant by both clocks: the wall's for rules, the monotonic one for expiry. */
export interface GateTime {
  readonly now: EpochMs;
  readonly monotonic: MonotonicMs;
}

const CLEARANCE_LIFE_MS = 2000;

const CHECKS: readonly RuleCheck[] = [
  checkFacts,
  checkDoNotCall,
  checkCallingWindow,
  checkAttemptLimit,
  checkRest,
];

// A type can be cast and an object copied; membership here cannot be forged from outside this file.
const issued = new WeakSet<Clearance>();

/** May this call be made? Pure but for remembering which clearances are real. */
export function clear(candidate: CallCandidate, time: GateTime): Verdict {
  for (const check of CHECKS) {
    const objection = check(candidate, time.now);
    if (objection) return { kind: 'refused', candidate, rulesVersion: RULES_VERSION, ...objection };
  }
  const clearance: Clearance = Object.freeze({
    kind: 'cleared',
    candidate,
    rulesVersion: RULES_VERSION,
    conditions: Object.freeze({ agentReserved: false, messageAllowed: true, recording: 'none' }),
    expiresAt: (time.monotonic + CLEARANCE_LIFE_MS) as MonotonicMs,
  });
  issued.add(clearance);
  return clearance;
}

/** True for the very object that the gate returned; false for casts, copies and hand-made ones. */
export function isIssued(clearance: Clearance): boolean {
  return issued.has(clearance);
}

/** An expired clearance is asked for again, never used and never asserted. */
export function isExpired(clearance: Clearance, monotonic: MonotonicMs): boolean {
  return elapsedMonotonic(clearance.expiresAt, monotonic) > 0;
}

/** Stale facts are no facts, and a clock that ran backwards makes every fact suspect. */
function checkFacts(candidate: CallCandidate, now: EpochMs): Objection | null {
  const ageMs = now - candidate.factsAt;
  if (ageMs >= -1000 && ageMs <= FACTS_FRESH_MS) return null;
  return { rule: 'facts', facts: { ageMs }, retryAt: now };
}
