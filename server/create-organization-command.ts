import { Command } from 'commander';
import { uuidV7 } from '../kernel/uuid.ts';
import { countrySchema, nameSchema } from './api/scalar.schema.ts';
import { signInSchema } from './api/session.schema.ts';
import { systemClock } from './clock.ts';
import { jsonLine, type Output } from './command-line.ts';
import { readConfig } from './config.ts';
import { openDatabasePlace } from './database-place.ts';
import { openDatabase } from './database.ts';
import { createOrganization, type OrganizationToCreate } from './first-organization.ts';
import { violatedUnique } from './http-error.ts';
import { migrate } from './migrate.ts';
import { OperatorError } from './operator-error.ts';

interface Options {
  readonly email: string;
  readonly country: string;
  readonly json?: true;
}

/** `ringline create-organization`: 0 = made, 1 = the address is taken, 2 = wrong usage. */
export function createOrganizationCommand(output: Output): Command {
  return new Command('create-organization')
    .description('make an organization with one administrator, one pool and a one-time password')
    .argument('<name>', 'name of the organization')
    .requiredOption('--email <address>', 'with which its administrator signs in')
    .option('--country <code>', 'country of numbers that are written without one', 'US')
    .option('--json', 'print one JSON object')
    .action(async (name: string, options: Options) => {
      const wanted = readWanted(name, options);
      const password = await create(wanted, (line) => output.say(`${line}\n`));
      const { email } = wanted;
      output.answer(
        options.json === true
          ? jsonLine({ name: wanted.name, email, password })
          : `Sign in as ${email} with the password ${password} and change it. It is not shown again.\n`,
      );
    });
}

function readWanted(name: string, options: Options): OrganizationToCreate {
  const usage = (message: string): OperatorError => new OperatorError(message, { exitCode: 2 });
  const [named, email, country] = [
    nameSchema.safeParse(name),
    signInSchema.shape.email.safeParse(options.email),
    countrySchema.safeParse(options.country),
  ];
  if (!named.success) throw usage('The name of the organization needs 1 to 100 characters.');
  if (!email.success) throw usage(`--email "${options.email}" is no e-mail address.`);
  if (!country.success) {
    throw usage(`--country "${options.country}" is no country code of two letters, like US.`);
  }
  return { name: named.data, email: email.data, country: country.data };
}

async function create(wanted: OrganizationToCreate, say: (line: string) => void): Promise<string> {
  const place = await openDatabasePlace(readConfig(process.env, process.cwd()), say);
  try {
    await migrate({ url: place.url, report: say });
    const log = { warn: (_: object, message: string) => say(message) };
    const database = await openDatabase({
      url: place.url,
      applicationName: 'ringline create-organization',
      log,
    });
    try {
      const newId = uuidV7((into) => void crypto.getRandomValues(into));
      return (await createOrganization({ database, clock: systemClock, newId }, wanted)).password;
    } catch (error) {
      if (violatedUnique(error) === null) throw error;
      throw new OperatorError(`Somebody signs in as ${wanted.email} already: name another address.`, {
        cause: error,
      });
    } finally {
      await database.close();
    }
  } finally {
    await place.leave();
  }
}
