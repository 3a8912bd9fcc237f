import { Command, InvalidArgumentError } from 'commander';
import { mayCall } from '../compliance/may-call.ts';
import { seededRandom } from '../kernel/random.ts';
import { after, minutes } from '../kernel/time.ts';
import { uuidV7 } from '../kernel/uuid.ts';
import { readScenario, ScenarioError } from '../loadtest/scenario.ts';
import { sharesOf, USUAL_SHARES } from '../loadtest/sip/load-plan.ts';
import { ToolMissing } from '../loadtest/sip/tool-missing.ts';
import { runSipLoadTest, type SipLoadOptions, type SipLoadResult } from '../loadtest/sip/loadtest-sip.ts';
import { systemClock } from './clock.ts';
import { AnswerIsNo, jsonLine, type Output } from './command-line.ts';
import { readConfig } from './config.ts';
import { OperatorError } from './operator-error.ts';
import { sipProduct } from './sip-product.ts';

interface Options {
  readonly callsPerSecond: number;
  readonly seconds: number;
  readonly agents: number;
  readonly scenario?: string;
  readonly json?: true;
}

/** Exit code 0: all three counts are equal; 1: they are not; 2: wrong usage, or a tool is missing. */
export function loadtestCommand(output: Output): Command {
  const sip = new Command('sip')
    .description('the dialer on a real FreeSWITCH, with SIPp as the carrier and as the phones of the agents')
    .option('--calls-per-second <n>', 'limit of the trunk', wholeNumber, 10)
    .option('--seconds <s>', 'how long the campaign runs', wholeNumber, 60)
    .option('--agents <n>', 'agents at work', wholeNumber, 20)
    .option('--scenario <file>', 'takes the shares of outcomes and the lengths of talks and wrap-ups from it')
    .option('--json', 'print one JSON object')
    .action(async (options: Options) => {
      const result = await run(options, (line) => output.say(`${line}\n`));
      output.answer(options.json === true ? jsonLine(result) : inWords(result));
      if (result.differences.length > 0) throw new AnswerIsNo();
    });
  return new Command('loadtest').description('measure the product under load').addCommand(sip);
}

async function run(options: Options, say: (line: string) => void): Promise<SipLoadResult> {
  const now = systemClock.now();
  // Calls may still be placed and counted this long after the last is dialled.
  const overAt = after(now, minutes(15 + options.seconds / 60));
  const isOpen = (number: string, at: typeof now): boolean => {
    const answer = mayCall({ number, country: 'GB', kind: 'informational', at });
    return 'verdict' in answer && answer.verdict === 'cleared';
  };
  const asked = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      asked.abort(new OperatorError('Ended before its time; everything that was started is ended, too.'));
    });
  }
  try {
    return await runSipLoadTest(loadOptions(options), {
      product: sipProduct(readConfig({}, process.cwd()), say),
      clock: systemClock,
      // The agents' hesitations; the same in each run, so that runs can be compared.
      random: seededRandom(1),
      signal: asked.signal,
      newId: uuidV7((into) => void crypto.getRandomValues(into)),
      mayCall: (number) => isOpen(number, now) && isOpen(number, overAt),
      say,
    });
  } catch (error) {
    if (asked.signal.aborted) throw asked.signal.reason;
    if (error instanceof ToolMissing) throw new OperatorError(error.message, { exitCode: 2, cause: error });
    throw error;
  }
}

const DEFAULT_TALK_MS = 6000;
const DEFAULT_WRAP_MS = 1500;

function loadOptions({ scenario: file, ...options }: Options): SipLoadOptions {
  if (file === undefined)
    return { ...options, shares: USUAL_SHARES, talkMeanMs: DEFAULT_TALK_MS, wrapMeanMs: DEFAULT_WRAP_MS };
  try {
    const scenario = readScenario(file);
    const meanMs = (dist: unknown, fallback: number): number =>
      typeof dist === 'object' && dist !== null && 'mean' in dist ? Number(dist.mean) * 1000 : fallback;
    return {
      ...options,
      shares: sharesOf(scenario),
      talkMeanMs: meanMs(scenario.talkSeconds[0], DEFAULT_TALK_MS),
      wrapMeanMs: meanMs(scenario.wrapSeconds, DEFAULT_WRAP_MS),
    };
  } catch (error) {
    if (error instanceof ScenarioError) throw new OperatorError(error.message, { exitCode: 2, cause: error });
    throw error;
  }
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('Give a whole number from 1 to 99999.');
  return Number(text);
}

function inWords(result: SipLoadResult): string {
  const { answerToBridgeMs: spread, waitedForAgentMs: waited } = result;
  return [
    `placed ${String(result.placed)}, answered ${String(result.answered)}, connected ${String(result.connected)}, abandoned ${String(result.abandoned)}`,
    `answer to bridge, agent idle: ${spread === null ? 'never' : `median ${String(spread.p50)} ms, 99 % within ${String(spread.p99)} ms`}`,
    `waited for an agent: ${waited === null ? 'nobody' : `${String(waited.count)} people, at most ${String(waited.max)} ms`}`,
    `one core: dialer ${String(result.cpu.dialer)}, FreeSWITCH ${String(result.cpu.freeswitch)}, carrier ${String(result.cpu.carrier)}`,
    ...(result.differences.length === 0
      ? ['dialer, carrier and switch count the same']
      : ['they do not count the same:', ...result.differences.map((line) => `  ${line}`)]),
    '',
  ].join('\n');
}
