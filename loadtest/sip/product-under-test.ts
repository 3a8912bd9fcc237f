import type { Ending } from '../../campaigns/ending.ts';
import type { PoolOwner } from '../../dialer/pool-owner.ts';
import type { SwitchAddress } from '../../dialer/freeswitch/switch-address.ts';
import type { AgentId, CallId } from '../../kernel/ids.ts';
import type { PhoneNumber } from '../../kernel/phone.ts';
import type { EpochMs } from '../../kernel/time.ts';

/** What the load test needs of the product, which it knows from outside only. */
export interface ProductUnderTest {
  /** An address where it will take call records, and the secret for it; the switch is configured with them before it starts. */
  prepare(): Promise<{ readonly callRecordsUrl: string; readonly callRecordsSecret: string }>;
  /** Starts it with one campaign that does not run yet. */
  start(setup: ProductSetup): Promise<RunningProduct>;
  /** Ends all that was prepared and started, also when `start` failed. */
  stop(): Promise<void>;
}

export interface ProductSetup {
  readonly eventSocket: SwitchAddress;
  readonly agentDomain: string;
  readonly dialTemplate: string;
  readonly callsPerSecond: number;
  readonly callsMax: number;
  readonly extensions: readonly string[];
  readonly numbers: readonly PhoneNumber[];
}

export interface RunningProduct {
  readonly owner: PoolOwner;
  readonly agents: readonly AgentId[];
  /** Stores what an agent says of his call, as his screen does. */
  dispose(agentId: AgentId, callId: CallId): Promise<void>;
  setCampaign(state: 'running' | 'paused'): Promise<void>;
  progress(): Promise<{ readonly placed: number; readonly open: number; readonly records: number }>;
  calls(): Promise<readonly DialerCall[]>;
  records(): Promise<readonly SwitchRecord[]>;
  /** Processor time and memory of the dialer's process. */
  cpuMs(): number;
  memoryBytesMax(): number;
}

/** One attempt as the dialer has it in its table. */
export interface DialerCall {
  readonly callId: CallId;
  readonly phone: string;
  readonly dialledAt: EpochMs | null;
  readonly answeredAt: EpochMs | null;
  readonly bridgedAt: EpochMs | null;
  readonly ending: Ending | null;
  readonly isAbandoned: boolean;
}

/** One call's leg as the switch has it in its record. */
export interface SwitchRecord {
  readonly callId: CallId;
  readonly phone: string;
  readonly answeredAt: EpochMs | null;
  readonly bridgedAt: EpochMs | null;
  /** The agent who got the call had been ready before it was answered; false when the person waited until one was. */
  readonly wasAgentIdle: boolean;
  readonly hangupCause: string | null;
}
