import { z } from 'zod';
import type { AgentId, CallId, PoolId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';

/** What a switch says of one leg at its end. */
export interface SwitchCdr {
  readonly legId: string;
  readonly poolId: PoolId;
  readonly callId: CallId | null;
  readonly agentId: AgentId | null;
  readonly startedAt: EpochMs | null;
  readonly answeredAt: EpochMs | null;
  readonly endedAt: EpochMs | null;
  readonly hangupCause: string | null;
  readonly sipStatus: number | null;
  /** The channel's variables as they came. */
  readonly raw: Readonly<Record<string, string>>;
}

const recordSchema = z.object({
  variables: z.record(z.string(), z.union([z.string(), z.number()]).transform(String)),
});
const uuid = z.uuid();

/**
 * Reads a record of mod_json_cdr; null for a leg that is not ours (no ringline_pool). Values may be URL-encoded, as
 * `encode-values` has them by default. Throws when it is no record at all.
 */
export function readSwitchCdr(record: unknown): SwitchCdr | null {
  const { variables } = recordSchema.parse(record);
  const raw = Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [storable(name), storable(decoded(value))]),
  );
  const poolId = idIn(raw['ringline_pool']);
  const legId = idIn(raw['uuid']);
  if (poolId === null || legId === null) return null;
  const isCall = raw['ringline_purpose'] === 'call';
  return {
    legId,
    poolId: poolId as PoolId,
    callId: isCall ? (legId as CallId) : null,
    agentId: idIn(raw['ringline_agent']) as AgentId | null,
    startedAt: instantOf(raw, 'start'),
    answeredAt: instantOf(raw, 'answer'),
    endedAt: instantOf(raw, 'end'),
    hangupCause: raw['hangup_cause'] ?? null,
    sipStatus: statusIn(raw['sip_term_status'] ?? raw['sip_invite_failure_status']),
    raw,
  };
}

function decoded(value: string): string {
  // With encode-values=false a per cent sign is itself; encoded text has no character that would have been encoded.
  if (!/^[\w.~%-]*%[0-9A-F]{2}[\w.~%-]*$/i.test(value)) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Without what PostgreSQL keeps in no text: a NUL, and half a pair of UTF-16. Whoever calls can put either into a name. */
const storable = (text: string): string => text.replaceAll('\0', '').toWellFormed();

const idIn = (text: string | undefined): string | null =>
  uuid.safeParse(text).success ? (text ?? null) : null;

/** Microseconds where the switch gives them; 0 means that it never happened. */
function instantOf(raw: Readonly<Record<string, string>>, name: string): EpochMs | null {
  const micro = Number(raw[`${name}_uepoch`] ?? Number.NaN);
  const at = Number.isFinite(micro) ? Math.round(micro / 1000) : Number(raw[`${name}_epoch`] ?? 0) * 1000;
  return Number.isFinite(at) && at > 0 ? (at as EpochMs) : null;
}

function statusIn(text: string | undefined): number | null {
  const status = Number(text);
  return Number.isInteger(status) && status >= 100 && status < 700 ? status : null;
}
