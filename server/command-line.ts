import { CommanderError } from 'commander';
import type { Command } from 'commander';
import { maskText } from './log-mask.ts';
import { OperatorError } from './operator-error.ts';

/** Exit codes of the contract: 0 done, 1 the answer is no or a check failed, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

/** The command did its work, and its answer (said already) is no: exit code 1 without another word. */
export class AnswerIsNo extends Error {}

/** What a command may write to. */
export interface Output {
  /** stdout: the answer and nothing else. */
  readonly answer: (text: string) => void;
  /** stderr: everything else. */
  readonly say: (text: string) => void;
}

/** One object, or one of a line per item, for `--json`. */
export const jsonLine = (value: unknown): string => `${JSON.stringify(value)}\n`;

/**
 * Runs the command that the arguments name. What people can mend is one line on stderr; a stack trace is shown for our own bugs
 * only.
 */
export async function runCommandLine(
  program: Command,
  args: readonly string[],
  output: Output,
): Promise<ExitCode> {
  prepare(program, output);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has said it already; help and --version end with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof AnswerIsNo) return 1;
    if (error instanceof OperatorError) {
      output.say(`${maskText(error.message)}\n`);
      return error.exitCode;
    }
    output.say(`${maskText(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`);
    return 1;
  }
}

function prepare(command: Command, output: Output): void {
  command.exitOverride().configureOutput({
    writeOut: output.answer,
    writeErr: output.say,
    // One line, also where Commander adds a guess on a second one.
    outputError: (text, write) => write(`${text.trim().replaceAll(/\s*\n\s*/g, ' ')}\n`),
  });
  for (const sub of command.commands) prepare(sub, output);
}
