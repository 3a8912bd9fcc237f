import type { AgentId, LegId } from '../kernel/ids.ts';

/** Leave to call one agent's phone: a registered user of our own domain and nothing else. Only {@link permitAgentLeg} makes one. */
export interface AgentLegPermit {
  readonly agentId: AgentId;
  readonly legId: LegId;
  /** User part, digits only. */
  readonly extension: string;
}

const issued = new WeakSet<AgentLegPermit>();

/** Null when `extension` is anything but two to eight digits: `1555…@carrier` or `sofia/gateway/…` would be a way round the gate. */
export function permitAgentLeg(agentId: AgentId, legId: LegId, extension: string): AgentLegPermit | null {
  if (!/^[0-9]{2,8}$/.test(extension)) return null;
  const permit = Object.freeze({ agentId, legId, extension });
  issued.add(permit);
  return permit;
}

/** True for the very object that {@link permitAgentLeg} returned. */
export function isPermitIssued(permit: AgentLegPermit): boolean {
  return issued.has(permit);
}
