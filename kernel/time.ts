import type { Branded } from './ids.ts';

/** A moment: milliseconds since 1970-01-01T00:00Z. */
export type EpochMs = Branded<number, 'EpochMs'>;
/** A length of time in milliseconds. */
export type DurationMs = Branded<number, 'DurationMs'>;
/** A reading of a clock that never jumps; only differences mean something. */
export type MonotonicMs = Branded<number, 'MonotonicMs'>;

export const milliseconds = (n: number): DurationMs => n as DurationMs;
export const seconds = (n: number): DurationMs => (n * 1000) as DurationMs;
export const minutes = (n: number): DurationMs => (n * 60_000) as DurationMs;
export const hours = (n: number): DurationMs => (n * 3_600_000) as DurationMs;
export const days = (n: number): DurationMs => (n * 86_400_000) as DurationMs;

export const after = (at: EpochMs, wait: DurationMs): EpochMs => (at + wait) as EpochMs;
export const elapsed = (from: EpochMs, to: EpochMs): DurationMs => (to - from) as DurationMs;
export const elapsedMonotonic = (from: MonotonicMs, to: MonotonicMs): DurationMs => (to - from) as DurationMs;
export const afterMonotonic = (at: MonotonicMs, wait: DurationMs): MonotonicMs => (at + wait) as MonotonicMs;
export const toIso = (at: EpochMs): string => new Date(at).toISOString();

/** Where time comes from. Deciding code takes instants as arguments; only wiring and runners hold a clock. */
export interface Clock {
  now(): EpochMs;
  monotonic(): MonotonicMs;
}
