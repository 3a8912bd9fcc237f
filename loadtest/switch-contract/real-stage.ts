import { carrierScenarioXml } from '../sip/carrier-scenario.ts';
import { agentPhoneRange, startAgentPhones } from '../sip/agent-phones.ts';
import { behaviourOf } from '../sip/carrier-behaviour.ts';
import { startFreeswitch } from '../sip/freeswitch-process.ts';
import { ownLoopbackAddress } from '../sip/loopback-address.ts';
import { startSipp } from '../sip/sipp-process.ts';
import type { ContractStage } from './contract-stage.ts';

/** A FreeSWITCH from PATH with our configuration, SIPp as carrier and as phones 1001 to 1020; 1010 is a user without a phone. */
export async function startRealStage(): Promise<ContractStage> {
  const users = agentPhoneRange(20);
  const phones = users.filter(({ extension }) => extension !== '1010');
  const carrier = await startSipp({
    name: 'carrier',
    scenarioXml: carrierScenarioXml(),
    ip: ownLoopbackAddress(),
    port: 5060,
  });
  const freeswitch = await startFreeswitch({ agentPhones: users });
  const agents = await startAgentPhones(freeswitch, phones, { hangsUp: ['1009'] });
  return {
    eventSocket: freeswitch.eventSocket,
    agentDomain: freeswitch.agentDomain,
    trunkTemplate: `sofia/trunk/{number}@${carrier.address}`,
    async prepare(number, behaviour) {
      if (behaviourOf(number) !== behaviour) throw new Error(`${number} does not lead to ${behaviour}.`);
    },
    async invitesTo(number) {
      return carrier.journal().filter((line) => line.startsWith(`invited ${number} `)).length;
    },
    // Its phone hangs up by itself; see `hangsUp`.
    hangUpPhone: () => Promise.resolve(),
    crash: () => freeswitch.kill(),
    async stop() {
      await freeswitch.stop();
      await agents.stop();
      await carrier.stop();
    },
  };
}
