import type { Clock } from '../kernel/time.ts';
import { memorylessSystemOf } from './rivals/memoryless.ts';
import { optimalPacer } from './rivals/optimal-pacer.ts';
import type { Scenario } from './scenario.schema.ts';
import { ScenarioError } from './scenario.ts';
import { simulateResult, type SimulateResult } from './simulate-result.ts';
import { simulateWorld, type SimulationOptions } from './world/simulation.ts';

export interface SimulateOptions {
  readonly pacer: string;
  readonly seed: number;
  /** With it the result says how long a tick took, and is not the same bytes any more. */
  readonly clock?: Pick<Clock, 'monotonic'>;
}

/** Runs one scenario with one pacer. Throws {@link ScenarioError} when the pacer is unknown or cannot play this world. */
export function simulate(scenario: Scenario, { pacer, seed, clock }: SimulateOptions): SimulateResult {
  const missing = notYetSimulated(scenario);
  if (missing !== null) throw new ScenarioError(`Scenario: ${missing}.`);
  const simulated = simulateWorld(scenario, { seed, ...(clock && { clock }), ...pacing(scenario, pacer) });
  return simulateResult(simulated, { scenario, seed, pacer });
}

/** What the contract names and this world does not play yet; better refused than silently left out. */
function notYetSimulated({ amd, inbound, faults, trunks, campaigns = [] }: Scenario): string | null {
  if (amd.mode === 'assist') return 'amd.mode "assist" is not simulated yet; use "off" or "gate"';
  if (amd.mode === 'gate' && amd.auditShare > 0) return 'amd.auditShare is not simulated yet; leave it out';
  if (inbound) return 'inbound queues are not simulated yet; leave inbound out';
  if (campaigns.some(({ weight }) => weight !== campaigns[0]?.weight))
    return 'campaigns of different weight are not simulated yet; give them priorities, or leave weight out';
  if (trunks.length > Math.max(1, campaigns.length))
    return 'more trunks than campaigns are not simulated yet; give at most one to each campaign';
  if (faults.length > 0) return 'faults are not simulated yet; leave faults out';
  return null;
}

function pacing(
  scenario: Scenario,
  pacer: string,
): Pick<SimulationOptions, 'dialMode' | 'linesPerAgent' | 'newPacer'> {
  const [name = '', parameter] = pacer.split(':');
  switch (name) {
    case 'lookahead':
      return { dialMode: 'predictive' };
    case 'progressive':
      return { dialMode: 'progressive' };
    case 'ratio': {
      const linesPerAgent = Number(parameter);
      if (!(linesPerAgent >= 1 && linesPerAgent <= 10))
        throw new ScenarioError(`The pacer "${pacer}" needs a number of lines from 1 to 10, like ratio:2.`);
      return { dialMode: 'power', linesPerAgent };
    }
    case 'optimal': {
      const system = memorylessSystemOf(scenario);
      if (typeof system === 'string')
        throw new ScenarioError(`The pacer "optimal" knows only worlds without memory: ${system}.`);
      return { dialMode: 'predictive', newPacer: optimalPacer(system, scenario.abandonRateMax) };
    }
    default:
      throw new ScenarioError(
        `There is no pacer "${pacer}"; choose lookahead, progressive, ratio:R or optimal.`,
      );
  }
}
