import type { SwitchAddress } from '../../dialer/freeswitch/switch-address.ts';
import type { CarrierBehaviourName } from '../sip/carrier-behaviour.ts';

/** A switch, a carrier and agents' phones to play the contract on: real ones, or simulated ones. */
export interface ContractStage {
  readonly eventSocket: SwitchAddress;
  readonly agentDomain: string;
  /** Dial string of the trunk with `{number}`. */
  readonly trunkTemplate: string;
  /** Lets the carrier behave so to calls of this number. */
  prepare(number: string, behaviour: CarrierBehaviourName): Promise<void>;
  /** INVITEs that the carrier got for the number. */
  invitesTo(number: string): Promise<number>;
  /** The phone of an agent hangs up its call. */
  hangUpPhone(extension: string): Promise<void>;
  /** Ends the switch without a word and starts it again. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}
