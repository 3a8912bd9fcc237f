import { parse } from 'csv-parse/sync';
import type { PoolId } from '../../kernel/ids.ts';
import { ROLES, type Role } from '../../kernel/roles.ts';
import { localeSchema, nameSchema, type Locale } from '../api/scalar.schema.ts';
import { signInSchema } from '../api/session.schema.ts';
import {
  IMPORT_USERS_MAX,
  type UserColumn,
  type UserImportPreview,
  type UserLine,
  type UserLineProblem,
} from '../api/user-import.schema.ts';
import { extensionSchema } from '../api/user.schema.ts';

/** Somebody who can be added as he stands. */
export interface PlannedUser {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly locale: Locale;
  /** Empty for none. */
  readonly team: string;
  readonly seat: { readonly poolId: PoolId; readonly poolName: string; readonly extension: string } | null;
}

export interface UserImportPlan {
  readonly preview: UserImportPreview;
  /** In the order of the lines; complete only when the preview has no problem. */
  readonly people: readonly PlannedUser[];
}

/** What the organization has already. Names and addresses are compared without case. */
export interface KnownBefore {
  readonly pools: readonly { readonly poolId: PoolId; readonly name: string }[];
  readonly teams: readonly string[];
  readonly emails: readonly string[];
  readonly extensions: readonly string[];
}

const HEADER: Readonly<Record<string, UserColumn>> = {
  name: 'name',
  'full name': 'name',
  姓名: 'name',
  email: 'email',
  'e-mail': 'email',
  mail: 'email',
  邮箱: 'email',
  电子邮件: 'email',
  role: 'role',
  角色: 'role',
  team: 'team',
  团队: 'team',
  班组: 'team',
  pool: 'pool',
  'agent pool': 'pool',
  坐席池: 'pool',
  extension: 'extension',
  phone: 'extension',
  分机: 'extension',
  分机号: 'extension',
  language: 'language',
  语言: 'language',
};

const ROLE_WORDS: Readonly<Record<string, Role>> = {
  ...(Object.fromEntries(ROLES.map((role) => [role, role])) as Record<Role, Role>),
  administrator: 'admin',
  'campaign manager': 'manager',
  'compliance officer': 'officer',
  管理员: 'admin',
  活动经理: 'manager',
  班长: 'supervisor',
  主管: 'supervisor',
  坐席: 'agent',
  合规专员: 'officer',
  审计员: 'auditor',
};

const LOCALE_WORDS: Readonly<Record<string, Locale>> = {
  '': 'en',
  en: 'en',
  english: 'en',
  英语: 'en',
  'zh-cn': 'zh-CN',
  zh: 'zh-CN',
  chinese: 'zh-CN',
  中文: 'zh-CN',
};

const lower = (text: string): string => text.trim().toLowerCase();

/** Reads people from delimited text and says of each line what stands in its way. Decides; stores nothing. */
export function planUserImport(text: string, known: KnownBefore): UserImportPlan {
  const table = readTable(text);
  if ('fileProblem' in table) return fileRefused(table.fileProblem);
  const { columns, rows } = table;
  const missing = (['name', 'email'] as const).find((column) => !columns.includes(column));
  if (missing !== undefined) return fileRefused({ code: 'missing-column', about: missing });
  if (rows.length === 0) return fileRefused({ code: 'empty', about: '' });
  if (rows.length > IMPORT_USERS_MAX) return fileRefused({ code: 'too-many', about: String(rows.length) });
  const reader = new LineReader(known);
  const read = rows.map(({ line, cells }) => reader.read(line, (column) => cellOf(columns, cells, column)));
  const lines = read.map(({ line }) => line);
  return {
    preview: {
      fileProblem: null,
      lines,
      faulty: lines.filter(({ problems }) => problems.length > 0).length,
      newTeams: reader.newTeams,
    },
    people: read.flatMap(({ person }) => (person === null ? [] : [person])),
  };
}

/** The plan of the same file after the database knew an address that we did not: nobody is added. */
export function withTakenEmails(plan: UserImportPlan, emails: readonly string[]): UserImportPlan {
  const taken = new Set(emails.map(lower));
  const lines = plan.preview.lines.map((line) =>
    taken.has(lower(line.email))
      ? { ...line, problems: [...line.problems, { column: 'email' as const, code: 'email-taken' as const }] }
      : line,
  );
  const faulty = lines.filter(({ problems }) => problems.length > 0).length;
  return { people: [], preview: { ...plan.preview, lines, faulty } };
}

type FileProblem = NonNullable<UserImportPreview['fileProblem']>;

const fileRefused = (fileProblem: FileProblem): UserImportPlan => ({
  preview: { fileProblem, lines: [], faulty: 0, newTeams: [] },
  people: [],
});

interface Table {
  readonly columns: readonly (UserColumn | null)[];
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[];
}

function readTable(text: string): Table | { fileProblem: FileProblem } {
  let records: { record: string[]; info: { lines: number } }[];
  try {
    records = parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      trim: true,
      // The library's types do not know what `info` makes of the answer.
    }) as unknown as typeof records;
  } catch (error) {
    const line = (error as { lines?: number }).lines;
    return { fileProblem: { code: 'unreadable', about: line === undefined ? '' : String(line) } };
  }
  const [header, ...rows] = records;
  if (!header) return { fileProblem: { code: 'empty', about: '' } };
  return {
    columns: header.record.map((name) => HEADER[lower(name)] ?? null),
    rows: rows.map(({ record, info }) => ({ line: info.lines, cells: record })),
  };
}

/** The one that divides the header into most parts. */
function delimiterOf(text: string): string {
  const header = text.split(/\r?\n/, 1)[0] ?? '';
  const parts = (delimiter: string): number => header.split(delimiter).length;
  return [';', '\t'].reduce((best, other) => (parts(other) > parts(best) ? other : best), ',');
}

function cellOf(columns: Table['columns'], cells: readonly string[], column: UserColumn): string {
  const index = columns.indexOf(column);
  return index < 0 ? '' : (cells[index] ?? '');
}

/** Reads line after line, because addresses and extensions may stand in a file once. */
class LineReader {
  readonly newTeams: string[] = [];
  readonly #pools: KnownBefore['pools'];
  readonly #teams: Map<string, string>;
  readonly #emails: { readonly taken: Set<string>; readonly seen: Set<string> };
  readonly #extensions: { readonly taken: Set<string>; readonly seen: Set<string> };

  constructor({ pools, teams, emails, extensions }: KnownBefore) {
    this.#pools = pools;
    this.#teams = new Map(teams.map((name) => [lower(name), name]));
    this.#emails = { taken: new Set(emails.map(lower)), seen: new Set() };
    this.#extensions = { taken: new Set(extensions), seen: new Set() };
  }

  read(line: number, cell: (column: UserColumn) => string): { line: UserLine; person: PlannedUser | null } {
    const problems: UserLineProblem[] = [];
    const [name, email] = [cell('name'), cell('email')];
    const namePattern = nameSchema.safeParse(name);
    if (name === '') problems.push({ column: 'name', code: 'missing' });
    else if (!namePattern.success) problems.push({ column: 'name', code: 'too-long' });
    problems.push(...this.#emailProblems(email));
    const roleText = cell('role');
    const role = roleText === '' ? 'agent' : ROLE_WORDS[lower(roleText)];
    if (role === undefined) problems.push({ column: 'role', code: 'unknown-role' });
    const locale = LOCALE_WORDS[lower(cell('language'))];
    if (locale === undefined) problems.push({ column: 'language', code: 'unknown-language' });
    const seat = role === 'agent' ? this.#seat(cell, problems) : null;
    const team = this.#team(cell('team'), problems);
    const shown: UserLine = {
      line,
      name,
      email,
      role: role ?? roleText,
      team,
      pool: seat?.poolName ?? cell('pool'),
      extension: cell('extension'),
      problems,
    };
    if (problems.length > 0 || role === undefined || locale === undefined) {
      return { line: shown, person: null };
    }
    return {
      line: shown,
      person: { name, email, role, locale: localeSchema.parse(locale), team, seat },
    };
  }

  #emailProblems(email: string): UserLineProblem[] {
    const problem = (code: UserLineProblem['code']): UserLineProblem[] => [{ column: 'email', code }];
    if (email === '') return problem('missing');
    if (!signInSchema.shape.email.safeParse(email).success) return problem('bad-email');
    return once(this.#emails, lower(email)).map((which) => ({ column: 'email', code: `email-${which}` }));
  }

  #seat(cell: (column: UserColumn) => string, problems: UserLineProblem[]): PlannedUser['seat'] {
    const name = cell('pool');
    const [only, ...others] = this.#pools;
    // With one pool there is nothing to choose.
    const pool =
      name === ''
        ? others.length === 0
          ? only
          : undefined
        : this.#pools.find((known) => lower(known.name) === lower(name));
    if (!pool) problems.push({ column: 'pool', code: name === '' ? 'missing' : 'unknown-pool' });
    const extension = cell('extension');
    if (extension === '') problems.push({ column: 'extension', code: 'missing' });
    else if (!extensionSchema.safeParse(extension).success) {
      problems.push({ column: 'extension', code: 'bad-extension' });
    } else {
      for (const which of once(this.#extensions, extension)) {
        problems.push({ column: 'extension', code: `extension-${which}` });
      }
    }
    return pool ? { poolId: pool.poolId, poolName: pool.name, extension } : null;
  }

  #team(name: string, problems: UserLineProblem[]): string {
    if (name === '') return '';
    const known = this.#teams.get(lower(name));
    if (known !== undefined) return known;
    if (!nameSchema.safeParse(name).success) {
      problems.push({ column: 'team', code: 'too-long' });
      return name;
    }
    this.#teams.set(lower(name), name);
    this.newTeams.push(name);
    return name;
  }
}

/** What speaks against a value that may exist once, in the organization and in the file. */
function once(
  { taken, seen }: { readonly taken: Set<string>; readonly seen: Set<string> },
  value: string,
): ('taken' | 'twice')[] {
  if (taken.has(value)) return ['taken'];
  if (seen.has(value)) return ['twice'];
  seen.add(value);
  return [];
}
