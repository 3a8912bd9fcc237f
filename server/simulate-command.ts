import { Command, InvalidArgumentError } from 'commander';
import { readScenario, ScenarioError } from '../loadtest/scenario.ts';
import type { SimulateResult } from '../loadtest/simulate-result.ts';
import { simulate } from '../loadtest/simulate.ts';
import { AnswerIsNo, jsonLine, type Output } from './command-line.ts';
import { OperatorError } from './operator-error.ts';
import type { Clock } from '../kernel/time.ts';

interface Options {
  readonly pacer: string;
  readonly seed: number;
  readonly json?: true;
  readonly timing?: true;
}

/** Exit code 0: every promise held; 1: something that must never happen did; 2: the scenario cannot be played. */
export function simulateCommand(output: Output, clock: Clock): Command {
  return new Command('simulate')
    .description('a call centre in virtual time: the product’s own decisions, a shift in seconds')
    .argument('<scenario>', 'scenario file (JSON)')
    .option('--pacer <name>', 'lookahead, progressive, ratio:R or optimal', 'lookahead')
    .option('--seed <n>', 'another seed, other people', wholeNumber, 1)
    .option('--timing', 'how long it took, too (then no two results are the same bytes)')
    .option('--json', 'print one JSON object')
    .action((file: string, options: Options) => {
      const startedAt = clock.monotonic();
      const result = played(file, options, clock);
      const wallSeconds = (clock.monotonic() - startedAt) / 1000;
      const timed = options.timing === true ? { ...result, wallSeconds } : result;
      output.answer(options.json === true ? jsonLine(timed) : inWords(result));
      if (Object.values(result.violations).some((count) => count > 0)) throw new AnswerIsNo();
    });
}

function played(file: string, { pacer, seed, timing }: Options, clock: Clock): SimulateResult {
  try {
    return simulate(readScenario(file), { pacer, seed, ...(timing && { clock }) });
  } catch (error) {
    if (error instanceof ScenarioError) throw new OperatorError(error.message, { exitCode: 2 });
    throw error;
  }
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

function inWords(result: SimulateResult): string {
  const { agentHours, utilisation, talkMinutesPerAgentHour, humanAnswers, connected, abandoned } = result;
  const broken = Object.entries(result.violations).filter(([, count]) => count > 0);
  return [
    `${result.scenario || 'scenario'}, seed ${String(result.seed)}, pacer ${result.pacer}`,
    `utilisation ${percent(utilisation)} over ${agentHours.toFixed(1)} agent hours (${talkMinutesPerAgentHour.toFixed(1)} min talk per hour, ${result.idleSecondsPerCall.toFixed(1)} s idle per call)`,
    `${String(result.callsPlaced)} calls placed, ${String(humanAnswers)} people answered, ${String(connected)} talked with an agent`,
    `abandonment rate ${percent(result.abandonRate)} (${String(abandoned)} of ${String(humanAnswers)}; the product’s own ledger says ${percent(result.ledgerAbandonRate)})`,
    broken.length === 0
      ? 'nothing happened that must never happen'
      : `must never happen: ${broken.map(([name, count]) => `${name} ${String(count)}`).join(', ')}`,
    '',
  ].join('\n');
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError(`"${text}" is not a whole number.`);
  return Number(text);
}
