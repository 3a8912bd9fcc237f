import { Command } from 'commander';
import { systemClock } from './clock.ts';
import { jsonLine, runCommandLine } from './command-line.ts';
import type { Output } from './command-line.ts';
import { readConfig } from './config.ts';
import { openDatabasePlace } from './database-place.ts';
import { createOrganizationCommand } from './create-organization-command.ts';
import { importCommand } from './import-command.ts';
import { beginWithSmallHeap } from './small-heap.ts';
import { mayCallCommand } from './may-call-command.ts';
import { loadtestCommand } from './loadtest-command.ts';
import { migrate } from './migrate.ts';
import { resetSecondFactorsCommand } from './reset-second-factors-command.ts';
import { serveCommand } from './serve-command.ts';
import { simulateCommand } from './simulate-command.ts';
import { soakKill } from './soak-command.ts';

const output: Output = {
  answer: (text) => void process.stdout.write(text),
  say: (text) => void process.stderr.write(text),
};
const sayLine = (line: string): void => output.say(`${line}\n`);

async function migrateCommand(options: { readonly json?: true }): Promise<void> {
  const place = await openDatabasePlace(readConfig(process.env, process.cwd()), sayLine);
  if (place.note !== null) sayLine(place.note);
  try {
    const applied = await migrate({ url: place.url, report: sayLine });
    if (options.json === true) output.answer(jsonLine({ applied }));
    else if (applied.length === 0) sayLine('The database is up to date.');
  } finally {
    await place.leave();
  }
}

function buildProgram(): Command {
  const program = new Command('ringline').description(
    'Outbound predictive dialer and campaign manager on FreeSWITCH and PostgreSQL',
  );
  program
    .command('serve')
    .description('run everything on this machine')
    .option('--roles <roles>', 'which of api, dialer, jobs to run, separated by commas', 'api,dialer,jobs')
    .action(({ roles }: { roles: string }) => serveCommand(roles, (line) => output.answer(`${line}\n`)));
  program
    .command('migrate')
    .description('bring the database up to this version')
    .option('--json', 'print one JSON object')
    .action(migrateCommand);
  program.addCommand(createOrganizationCommand(output));
  program.addCommand(resetSecondFactorsCommand(output));
  program.addCommand(importCommand(output, beginWithSmallHeap));
  program.addCommand(mayCallCommand(output, systemClock));
  program.addCommand(loadtestCommand(output));
  program.addCommand(simulateCommand(output, systemClock));
  program
    .command('soak-kill')
    .description('kill owners of a running campaign at random moments and count again, with seeds 1 to N')
    .option('--seeds <n>', 'how many', '20')
    .action(async ({ seeds }: { seeds: string }) => {
      await soakKill(Number(seeds), sayLine);
    });
  return program;
}

try {
  process.loadEnvFile();
} catch {
  // There is no .env: the environment alone speaks.
}
process.exitCode = await runCommandLine(buildProgram(), process.argv.slice(2), output);
