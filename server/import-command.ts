import { Command } from 'commander';
import { createWriteStream } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readColumnMap } from '../campaigns/lead-import/column-map.ts';
import { isDelimiter } from '../campaigns/lead-import/delimiter.ts';
import { ENCODINGS, encodingNamed, type Encoding } from '../campaigns/lead-import/file-text.ts';
import { ImportFailed, type ImportProblem } from '../campaigns/lead-import/import-failed.ts';
import { readRejects } from '../campaigns/lead-import/import-job.store.ts';
import type { ImportProgress } from '../campaigns/lead-import/import-run.job.ts';
import { importLeads, type ImportResult } from '../campaigns/lead-import/lead-import.job.ts';
import { rejectsCsv } from '../campaigns/lead-import/rejects-file.ts';
import type { OrganizationId } from '../kernel/ids.ts';
import { uuidV7 } from '../kernel/uuid.ts';
import { systemClock } from './clock.ts';
import { jsonLine, type Output } from './command-line.ts';
import { readConfig } from './config.ts';
import { openDatabasePlace } from './database-place.ts';
import { openDatabase, type Database } from './database.ts';
import { migrate } from './migrate.ts';
import { OperatorError } from './operator-error.ts';

interface Options {
  readonly list: string;
  readonly map?: string;
  readonly country?: string;
  readonly encoding?: string;
  readonly delimiter?: string;
  readonly sheet?: string;
  readonly organization?: string;
  readonly json?: true;
}

const LARGE_FILE_BYTES = 5_000_000;

/** `ringline import`: exit code 0 = imported (rejected rows included), 1 = the file cannot be imported, 2 = wrong usage. */
export function importCommand(output: Output, startAnew: () => void = () => undefined): Command {
  return new Command('import')
    .description('import a file of leads into a list; the same file again stores nothing twice')
    .argument('<file>', 'CSV in any encoding, with or without a header, or .xlsx')
    .requiredOption('--list <name>', 'list to import into; made when it is new')
    .option('--map <map>', 'columns named by hand, like "Mobile=phone,Kd-Nr=externalId"')
    .option(
      '--country <code>',
      'country of numbers that are written without one (default: that of the organization)',
    )
    .option('--encoding <name>', 'like UTF-8, GBK, Big5, Latin-1 (default: what the file looks like)')
    .option(
      '--delimiter <character>',
      'what separates columns, like ";" or "tab" (default: what the file uses)',
    )
    .option('--sheet <name>', 'which sheet of a workbook (default: the first with anything on it)')
    .option('--organization <name>', 'needed only when there are several')
    .option('--json', 'print one JSON object')
    .action(async (file: string, options: Options) => {
      const say = (line: string): void => output.say(`${line}\n`);
      const answer = await importFile(file, options, { say, startAnew });
      output.answer(options.json === true ? jsonLine(answer) : inWords(answer));
    });
}

interface ImportAnswer extends Pick<
  ImportResult,
  'rows' | 'imported' | 'updated' | 'rejected' | 'byReason' | 'suppressed' | 'seconds'
> {
  /** Null when nothing was rejected. */
  readonly rejectsFile: string | null;
}

async function importFile(
  file: string,
  options: Options,
  { say, startAnew }: { readonly say: (line: string) => void; readonly startAnew: () => void },
): Promise<ImportAnswer> {
  const map = usage(() => readColumnMap(options.map ?? ''));
  const country = readCountry(options.country);
  const encoding = usage(() => readEncoding(options.encoding));
  const delimiter = usage(() => readDelimiter(options.delimiter));
  // Small files are over before a heap can grow, and one more start would take longer than they do.
  if ((await sizeOf(file)) > LARGE_FILE_BYTES) startAnew();
  const place = await openDatabasePlace(readConfig(process.env, process.cwd()), say);
  try {
    await migrate({ url: place.url, report: say });
    const log = { warn: (_: object, message: string) => say(message) };
    const database = await openDatabase({ url: place.url, applicationName: 'ringline import', log });
    try {
      const organization = await findOrganization(database, options.organization);
      const rows = database.organization(organization.organizationId);
      const imported = await importLeads(
        { database: rows, clock: systemClock, newId: uuidV7((into) => void crypto.getRandomValues(into)) },
        {
          organizationId: organization.organizationId,
          list: { name: options.list },
          country: country ?? organization.country,
          fileName: path.basename(file),
          source: { path: file },
          map,
          encoding,
          delimiter,
          sheet: options.sheet ?? null,
          startedBy: null,
          onProgress: progressLines(say),
        },
      );
      if (!imported.ok) throw new Error('Bug: a list that is made when it is new was unknown');
      const { rows: rowCount, importId, updated, rejected, byReason, suppressed, seconds } = imported.result;
      const rejectsFile = rejected === 0 ? null : `${file}.rejects.csv`;
      if (rejectsFile !== null)
        await writeRejects(rejectsFile, rejectsCsv(readRejects(rows.query, importId), 'en'));
      const { imported: stored } = imported.result;
      return {
        rows: rowCount,
        imported: stored,
        updated,
        rejected,
        byReason,
        suppressed,
        seconds,
        rejectsFile,
      };
    } finally {
      await database.close();
    }
  } catch (error) {
    throw error instanceof ImportFailed ? asOperatorError(error) : error;
  } finally {
    await place.leave();
  }
}

/** Mistakes in what was typed, not in the file. */
const USAGE: readonly ImportProblem['type'][] = [
  'bad-map',
  'unknown-field',
  'unknown-column',
  'unknown-encoding',
  'bad-delimiter',
  'unknown-sheet',
  'empty-sheet',
  'no-sheets',
];

function asOperatorError(error: ImportFailed): OperatorError {
  const exitCode = USAGE.includes(error.problem.type) ? 2 : 1;
  return new OperatorError(error.message, { exitCode, cause: error });
}

function usage<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof ImportFailed ? asOperatorError(error) : error;
  }
}

function readCountry(text: string | undefined): string | undefined {
  if (text === undefined || /^[a-z]{2}$/i.test(text)) return text?.toUpperCase();
  throw new OperatorError(`--country "${text}" is no country code of two letters, like US.`, { exitCode: 2 });
}

function readEncoding(name: string | undefined): Encoding | null {
  if (name === undefined) return null;
  const encoding = encodingNamed(name);
  if (encoding === null)
    throw new ImportFailed({ type: 'unknown-encoding', text: name, encodings: ENCODINGS });
  return encoding;
}

function readDelimiter(text: string | undefined): string | null {
  if (text === undefined) return null;
  const delimiter = text === 'tab' || text === String.raw`\t` ? '\t' : text;
  if (!isDelimiter(delimiter)) throw new ImportFailed({ type: 'bad-delimiter', text });
  return delimiter;
}

async function sizeOf(file: string): Promise<number> {
  try {
    await access(file, constants.R_OK);
  } catch (cause) {
    throw new OperatorError(`The file ${file} cannot be read: name one that exists and may be read.`, {
      exitCode: 2,
      cause,
    });
  }
  const found = await stat(file);
  if (!found.isDirectory()) return found.size;
  throw new OperatorError(`${file} is a folder: name the CSV file in it.`, { exitCode: 2 });
}

interface OrganizationRow {
  readonly organizationId: OrganizationId;
  readonly name: string;
  readonly country: string;
  readonly isDemo: boolean;
}

/** The one that is meant when none is named: the only real one, else the demo. */
async function findOrganization(database: Database, name: string | undefined): Promise<OrganizationRow> {
  const all = await database.system<OrganizationRow>`
    select organization_id as "organizationId", name, country, is_demo as "isDemo" from ringline_organizations()`;
  const real = all.filter(({ isDemo }) => !isDemo);
  const candidates =
    name === undefined ? (real.length > 0 ? real : all) : all.filter((row) => row.name === name);
  const [only, ...more] = candidates;
  if (all.length === 0) {
    throw new OperatorError('There is no organization yet: start Ringline once with npm start.');
  }
  const names = all.map((row) => `"${row.name}"`).join(', ');
  if (only === undefined) {
    throw new OperatorError(`There is no organization "${name ?? ''}": there are ${names}.`, { exitCode: 2 });
  }
  if (more.length > 0) {
    throw new OperatorError(`Say with --organization into which one: ${names}.`, { exitCode: 2 });
  }
  return only;
}

const SECONDS_BETWEEN_LINES = 2;

function progressLines(say: (line: string) => void): (progress: ImportProgress) => void {
  let saidAt = systemClock.monotonic();
  return ({ rows, rowsPerSecond }) => {
    const now = systemClock.monotonic();
    if (now - saidAt < SECONDS_BETWEEN_LINES * 1000) return;
    saidAt = now;
    say(`${rows.toLocaleString('en')} rows, ${rowsPerSecond.toLocaleString('en')} per second`);
  };
}

async function writeRejects(file: string, lines: AsyncIterable<string>): Promise<void> {
  try {
    await pipeline(Readable.from(lines), createWriteStream(file));
  } catch (cause) {
    throw new OperatorError(
      `The leads are imported, but the rejected rows cannot be written to ${file}: download them from the page of the import.`,
      { cause },
    );
  }
}

function inWords(answer: ImportAnswer): string {
  const count = (n: number): string => n.toLocaleString('en');
  const reasons = Object.entries(answer.byReason)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, rows]) => `  ${reason}: ${count(rows)}`);
  const lines = [
    `${count(answer.rows)} rows in ${answer.seconds.toFixed(1)} s: ${count(answer.imported)} imported, ${count(answer.updated)} updated, ${count(answer.rejected)} rejected.`,
    ...reasons,
    ...(answer.suppressed > 0
      ? [`${count(answer.suppressed)} are on a do-not-call list and will not be called.`]
      : []),
    ...(answer.rejectsFile === null ? [] : [`Rejected rows with their reasons: ${answer.rejectsFile}`]),
  ];
  return `${lines.join('\n')}\n`;
}
