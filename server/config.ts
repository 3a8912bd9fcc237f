import path from 'node:path';
import { z } from 'zod';
import type { DurationMs } from '../kernel/time.ts';
import { dialTemplateSchema } from './api/pool.schema.ts';
import { OperatorError } from './operator-error.ts';
import { isSecretKey } from './secret-keys.ts';
import { Secret } from './secret.ts';

export interface FreeswitchAddress {
  readonly host: string;
  readonly port: number;
  readonly password: Secret;
}

/** Settings of the process, read once at its start. */
export interface Config {
  /** PORT. 0: any free one. */
  readonly port: number;
  /** RINGLINE_HOST: address that HTTP listens on. Loopback by default while the demo runs, whose passwords are public. */
  readonly host: string;
  /** RINGLINE_DATA: absolute path of everything that we keep. */
  readonly dataFolder: string;
  /** DATABASE_URL. Null: the embedded PostgreSQL. */
  readonly databaseUrl: Secret | null;
  /** FREESWITCH_URL. One at most; empty: the simulated switch. */
  readonly freeswitch: readonly FreeswitchAddress[];
  /** RINGLINE_TRUSTED_PROXY: whether the address and the protocol of a request are those that a proxy in front of us names. */
  readonly isBehindProxy: boolean;
  /** RINGLINE_ADDRESS: where the other nodes reach this one. Null: where it listens. */
  readonly address: string | null;
  /** RINGLINE_METRICS_TOKEN: what a reader of the metrics shows. Null: they are read on this machine only. */
  readonly metricsToken: Secret | null;
  /** RINGLINE_TRUNK: dial string of the first trunk with {number}. */
  readonly trunk: string | null;
  /** RINGLINE_AGENT_DOMAIN: domain of the agents' phones. */
  readonly agentDomain: string | null;
  /** RINGLINE_CLOCK_OFFSET: moves domain instants; 0 on a real switch. */
  readonly clockOffset: DurationMs;
  /** RINGLINE_CDR_SPOOL: absolute path of the folder where the switch leaves call records that nobody took. Null: there is none here. */
  readonly cdrSpool: string | null;
  /** RINGLINE_CDR_SECRET: what the switch shows when it posts its call records. Null: none are taken. */
  readonly cdrSecret: Secret | null;
  /** RINGLINE_SECRET_KEY: seal secrets in the database; the first seals, all open. Empty: those of the key file. */
  readonly secretKeys: readonly Secret[];
  /** RINGLINE_SCENARIO: file with the world behind the simulated switch. Null: the demo's. */
  readonly scenarioFile: string | null;
  /** RINGLINE_LOG_LEVEL */
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const ESL_PORT = 8021;

const port = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .refine((value) => value <= 65_535);

const databaseUrl = z
  .string()
  .refine((text) => /^postgres(ql)?:\/\//.test(text) && URL.canParse(text))
  .transform((text) => new Secret(text));

/** esl://:password@host:8021 */
const freeswitchAddress = z
  .string()
  .refine((text) => text.startsWith('esl://') && URL.canParse(text))
  .transform((text): FreeswitchAddress => {
    // URL knows ports and brackets of the schemes that it calls special only.
    const url = new URL(text.replace('esl://', 'http://'));
    return {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? (/:80(\/|$)/.test(text) ? 80 : ESL_PORT) : Number(url.port),
      password: new Secret(decodeURIComponent(url.password)),
    };
  })
  .refine((address) => address.host !== '' && address.password.reveal() !== '');

const freeswitchUrls = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(z.array(freeswitchAddress));

const nodeAddress = z
  .string()
  .regex(/^https?:\/\/[^/?#@\s]+\/?$/)
  .refine((text) => URL.canParse(text))
  .transform((text) => new URL(text).origin);

const longSecret = z
  .string()
  .min(16)
  .transform((text) => new Secret(text));

const secretKeys = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine((keys) => keys.every(isSecretKey))
  .transform((keys) => keys.map((key) => new Secret(key)));

const agentDomain = z.string().regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i);

const clockOffset = z
  .string()
  .regex(/^[+-]?\d+(\.\d+)?[smhd]$/)
  .transform((text) => {
    const unit = text.at(-1) as keyof typeof UNIT_MS;
    return (Number(text.slice(0, -1)) * UNIT_MS[unit]) as DurationMs;
  });

interface Setting<T> {
  readonly schema: z.ZodType<T, string>;
  readonly fallback: T;
  /** Continues "NAME must be …"; never shows the value, which may be a secret. */
  readonly mustBe: string;
}

const setting = <T>(schema: z.ZodType<T, string>, fallback: T, mustBe: string): Setting<T> => ({
  schema,
  fallback,
  mustBe,
});

const SETTINGS = {
  PORT: setting(port, 8080, 'a port from 0 to 65535'),
  RINGLINE_HOST: setting<string | null>(z.string().min(1), null, 'an address of this machine, e.g. 0.0.0.0'),
  RINGLINE_DATA: setting(z.string().min(1), '.ringline', 'a folder'),
  DATABASE_URL: setting<Secret | null>(databaseUrl, null, 'like postgres://user:password@host:5432/database'),
  FREESWITCH_URL: setting<FreeswitchAddress[]>(freeswitchUrls, [], 'like esl://:password@host:8021'),
  RINGLINE_TRUSTED_PROXY: setting(
    z.enum(['yes', 'no']).transform((text) => text === 'yes'),
    false,
    'yes or no',
  ),
  RINGLINE_ADDRESS: setting<string | null>(
    nodeAddress,
    null,
    'the address of this node for the others, like http://10.0.0.5:8080',
  ),
  RINGLINE_METRICS_TOKEN: setting<Secret | null>(longSecret, null, 'at least 16 characters long'),
  RINGLINE_TRUNK: setting<string | null>(
    dialTemplateSchema,
    null,
    'a dial string like sofia/trunk/{number}@127.0.0.1:5070 or sofia/gateway/carrier/{number}',
  ),
  RINGLINE_AGENT_DOMAIN: setting<string | null>(agentDomain, null, 'a domain name, e.g. phones.example.com'),
  RINGLINE_CLOCK_OFFSET: setting(clockOffset, 0 as DurationMs, 'a duration such as 3h, -90m or 2d'),
  RINGLINE_CDR_SECRET: setting<Secret | null>(longSecret, null, 'at least 16 characters long'),
  RINGLINE_CDR_SPOOL: setting<string | null>(z.string().min(1), null, 'a folder'),
  RINGLINE_SECRET_KEY: setting<Secret[]>(
    secretKeys,
    [],
    '32 bytes in base64, as "openssl rand -base64 32" makes them; several with commas, the one that seals first',
  ),
  RINGLINE_SCENARIO: setting<string | null>(z.string().min(1), null, 'a scenario file'),
  RINGLINE_LOG_LEVEL: setting<Config['logLevel']>(
    z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']),
    'info',
    'one of trace, debug, info, warn, error, silent',
  ),
};

/** Whoever starts us passes these on. */
export const SETTING_NAMES: readonly string[] = Object.keys(SETTINGS);

type Environment = Readonly<Record<string, string | undefined>>;

function read<T>(name: string, { schema, fallback, mustBe }: Setting<T>, environment: Environment): T {
  const text = environment[name]?.trim();
  if (text === undefined || text === '') return fallback;
  const parsed = schema.safeParse(text);
  if (!parsed.success) throw new OperatorError(`${name} must be ${mustBe}.`, { exitCode: 2 });
  return parsed.data;
}

/** @throws OperatorError (exit code 2) that names the setting and what it must be, never its value. */
export function readConfig(environment: Environment, workingFolder: string): Config {
  const value = <Name extends keyof typeof SETTINGS>(name: Name): (typeof SETTINGS)[Name]['fallback'] =>
    read(name, SETTINGS[name] as Setting<(typeof SETTINGS)[Name]['fallback']>, environment);
  const freeswitch = value('FREESWITCH_URL');
  const scenario = value('RINGLINE_SCENARIO');
  const spool = value('RINGLINE_CDR_SPOOL');
  const isReal = value('DATABASE_URL') !== null || freeswitch.length > 0;
  if (value('RINGLINE_CLOCK_OFFSET') !== 0 && freeswitch.length > 0) {
    throw new OperatorError(
      'RINGLINE_CLOCK_OFFSET is for the simulated switch only: calls on a real one are judged by the real time. Unset it or FREESWITCH_URL.',
      { exitCode: 2 },
    );
  }
  if (freeswitch.length > 1) {
    throw new OperatorError(
      'FREESWITCH_URL names more than one switch, and this version works with one: leave one address (several switches come later).',
      { exitCode: 2 },
    );
  }
  if (freeswitch.length > 0 && value('RINGLINE_AGENT_DOMAIN') === null) {
    throw new OperatorError(
      'RINGLINE_AGENT_DOMAIN is missing: with FREESWITCH_URL set, say at which domain the phones of the agents register.',
      { exitCode: 2 },
    );
  }
  return {
    port: value('PORT'),
    host: value('RINGLINE_HOST') ?? (isReal ? '0.0.0.0' : '127.0.0.1'),
    dataFolder: path.resolve(workingFolder, value('RINGLINE_DATA')),
    databaseUrl: value('DATABASE_URL'),
    freeswitch,
    isBehindProxy: value('RINGLINE_TRUSTED_PROXY'),
    address: value('RINGLINE_ADDRESS'),
    metricsToken: value('RINGLINE_METRICS_TOKEN'),
    trunk: value('RINGLINE_TRUNK'),
    agentDomain: value('RINGLINE_AGENT_DOMAIN'),
    clockOffset: value('RINGLINE_CLOCK_OFFSET'),
    cdrSecret: value('RINGLINE_CDR_SECRET'),
    cdrSpool: spool === null ? null : path.resolve(workingFolder, spool),
    secretKeys: value('RINGLINE_SECRET_KEY'),
    scenarioFile: scenario === null ? null : path.resolve(workingFolder, scenario),
    logLevel: value('RINGLINE_LOG_LEVEL'),
  };
}
