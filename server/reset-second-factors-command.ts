import { Command } from 'commander';
import { jsonLine, type Output } from './command-line.ts';
import { readConfig } from './config.ts';
import { openDatabasePlace } from './database-place.ts';
import { openDatabase } from './database.ts';
import { migrate } from './migrate.ts';
import { forgetLostKeys } from './open-secret-keys.ts';

/** `ringline reset-second-factors`: for a key that is lost for good. What can still be opened stays. */
export function resetSecondFactorsCommand(output: Output): Command {
  return new Command('reset-second-factors')
    .description('remove the second factors whose key is lost for good; these people add theirs anew')
    .option('--json', 'print one JSON object')
    .action(async (options: { readonly json?: true }) => {
      const people = await reset((line) => output.say(`${line}\n`));
      output.answer(
        options.json === true
          ? jsonLine({ people })
          : `Second factors removed: ${people}. These people sign in with their password and add one anew.\n`,
      );
    });
}

async function reset(say: (line: string) => void): Promise<number> {
  const config = readConfig(process.env, process.cwd());
  const place = await openDatabasePlace(config, say);
  try {
    await migrate({ url: place.url, report: say });
    const log = { warn: (_: object, message: string) => say(message) };
    const applicationName = 'ringline reset-second-factors';
    const database = await openDatabase({ url: place.url, applicationName, log });
    try {
      return await forgetLostKeys({ config, database, say });
    } finally {
      await database.close();
    }
  } finally {
    await place.leave();
  }
}
