import { Pacer, type PacingDecision, type PacingInputs } from '../../dialer/pacing/pacer.ts';
import { abandonmentRateOf, policiesAround, type MemorylessSystem } from './optimal-policy.ts';

/**
 * The exact policy of the memoryless system, for its own worlds only: it is told what a dialer cannot know, the answer share and
 * both means. Mixes the two policies around the limit by what has been abandoned so far.
 */
export function optimalPacer(system: MemorylessSystem, rateMax: number): () => Pacer {
  const { strict, loose } = policiesAround(system, rateMax);
  const isLooser = abandonmentRateOf(loose) > rateMax;
  class OptimalPacer extends Pacer {
    override decide(inputs: PacingInputs): PacingDecision {
      const { idleAgents, answersWaiting, dialledAt, linesMax, today } = inputs;
      const spends = isLooser && today.abandoned + 1 <= rateMax * today.humanAnswers;
      const { dialUpTo } = spends ? loose : strict;
      const wanted = dialUpTo[Math.min(idleAgents, system.agents)] ?? 0;
      const lines = Math.max(0, Math.min(linesMax, wanted - dialledAt.length - answersWaiting));
      return {
        lines,
        effectiveMode: 'predictive',
        idleAgents,
        ringing: dialledAt.length,
        waiting: answersWaiting,
        risk: null,
        theta: null,
        fallback: null,
      };
    }
  }
  return () => new OptimalPacer();
}
