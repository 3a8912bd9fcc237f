import { Command, Option } from 'commander';
import { CALL_KINDS, mayCall, type CallKind, type MayCallAnswer } from '../compliance/may-call.ts';
import type { Clock, EpochMs } from '../kernel/time.ts';
import { AnswerIsNo, jsonLine, type Output } from './command-line.ts';
import { OperatorError } from './operator-error.ts';

interface Options {
  readonly kind: CallKind;
  readonly at?: string;
  readonly region?: string;
  readonly postcode?: string;
  readonly zone?: string;
  readonly consent: 'none' | 'verbal' | 'written';
  readonly minutes: string;
  readonly country: string;
  readonly json?: true;
}

/** `ringline may-call`: exit code 0 = may be called, 1 = not, 2 = the question makes no sense. */
export function mayCallCommand(output: Output, clock: Clock): Command {
  return new Command('may-call')
    .description('ask the shipped rules whether a number may be called; needs no database and dials nothing')
    .argument('<number>', 'as people write it')
    .addOption(new Option('--kind <kind>', 'what the call is for').choices(CALL_KINDS).makeOptionMandatory())
    .option('--at <iso>', 'moment of the call with its offset, like 2026-12-02T20:31-05:00 (default: now)')
    .option('--region <code>', 'region of the address, like US-FL')
    .option('--postcode <code>', 'postcode of the address')
    .option('--zone <name>', 'time zone the person is known to be in, like America/New_York')
    .addOption(
      new Option('--consent <consent>', 'consent to be called')
        .choices(['none', 'verbal', 'written'])
        .default('none'),
    )
    .option('--minutes <number>', 'how long the call lasts', '0')
    .option('--country <code>', 'country of a number written without one', 'US')
    .option('--json', 'print one JSON object')
    .action((number: string, options: Options) => {
      const { at, minutes, json, ...rest } = options;
      const answer = mayCall({
        ...rest,
        number,
        at: at === undefined ? clock.now() : readInstant(at),
        minutes: readMinutes(minutes),
      });
      if ('misuse' in answer) throw new OperatorError(answer.misuse, { exitCode: 2 });
      output.answer(json === true ? jsonLine(answer) : inWords(answer));
      if (answer.verdict === 'refused') throw new AnswerIsNo();
    });
}

/** A moment without an offset would be another one on every machine. */
function readInstant(text: string): EpochMs {
  const at = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) {
    throw new OperatorError(`--at "${text}" is no moment: write it like 2026-12-02T20:31-05:00.`, {
      exitCode: 2,
    });
  }
  return at as EpochMs;
}

function readMinutes(text: string): number {
  const minutes = /^\d{1,4}(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(minutes)) {
    throw new OperatorError(`--minutes "${text}" is no number of minutes.`, { exitCode: 2 });
  }
  return minutes;
}

function inWords(answer: MayCallAnswer): string {
  const lines = [
    answer.verdict === 'cleared' ? 'may be called' : `${answer.reason ?? ''} (rule ${answer.rule ?? ''})`,
    `jurisdictions: ${answer.jurisdictions.join(', ') || 'not known'}; time zones: ${answer.zones.join(', ') || 'not known'}`,
    `checked: ${answer.checked.join(', ')}; not checked: ${answer.notChecked.join(', ')}`,
  ];
  return `${lines.join('\n')}\n`;
}
