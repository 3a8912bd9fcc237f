import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SqlError } from '../kernel/database-error.ts';
import { CdrSpool } from './switch-cdr-spool.job.ts';

const FIRST = '019b0000-0000-7000-8000-000000000001.cdr.json';
const SECOND = '019b0000-0000-7000-8000-000000000002.cdr.json';

describe('records that the switch spooled', () => {
  let folder = '';
  let stored: unknown[] = [];
  let isDown = false;
  let refusal: SqlError | null = null;
  /** The beginning of the ids that are refused. */
  let refuses = '';
  const warnings: string[] = [];
  const spool = (): CdrSpool =>
    new CdrSpool({
      folder,
      store: async (record) => {
        if (isDown) throw new Error('the database is away');
        if (refusal && JSON.stringify(record).includes(`"uuid":"${refuses}`)) throw refusal;
        stored.push(record);
      },
      log: { warn: (_fields, message) => void warnings.push(message) },
    });
  const put = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'ringline-spool-'));
    stored = [];
    isDown = false;
    refusal = null;
    refuses = '';
    warnings.length = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('are stored and gone', async () => {
    put(FIRST, '{"variables":{"uuid":"1"}}\n');
    put(SECOND, '{"variables":{"uuid":"2"}}\n');
    await spool().takeAll();
    expect(stored).toEqual([{ variables: { uuid: '1' } }, { variables: { uuid: '2' } }]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('stay while they cannot be stored', async () => {
    put(FIRST, '{"variables":{}}\n');
    isDown = true;
    await spool().takeAll();
    expect(readdirSync(folder)).toEqual([FIRST]);
    expect(warnings).toHaveLength(1);
    isDown = false;
    await spool().takeAll();
    expect(stored).toHaveLength(1);
  });

  test('that are still being written are left for the next look', async () => {
    put(FIRST, '{"variables":{');
    await spool().takeAll();
    expect([stored, readdirSync(folder)]).toEqual([[], [FIRST]]);
  });

  test.each(['no json', '{"callflow":[]}'])(
    'that cannot be read (%s) are set aside and hold up nobody',
    async (text) => {
      put(FIRST, `${text}\n`);
      put(SECOND, '{"variables":{}}\n');
      await spool().takeAll();
      expect(stored).toEqual([{ variables: {} }]);
      expect(readdirSync(folder)).toEqual([`${FIRST}.unreadable`]);
      expect(warnings).toHaveLength(1);
    },
  );

  test('that the database refuses are set aside and hold up nobody; while it is busy, nothing is', async () => {
    put(FIRST, '{"variables":{"uuid":"1"}}\n');
    put(SECOND, '{"variables":{"uuid":"2"}}\n');
    refusal = new SqlError('deadlock', { code: '40P01', constraint: null, cause: null });
    await spool().takeAll();
    expect([stored, readdirSync(folder)]).toEqual([[], [FIRST, SECOND]]);
    refusal = new SqlError('no text', { code: '22P05', constraint: null, cause: null });
    refuses = '1';
    await spool().takeAll();
    expect(stored).toEqual([{ variables: { uuid: '2' } }]);
    expect(readdirSync(folder)).toEqual([`${FIRST}.refused`]);
    expect(warnings).toHaveLength(2);
  });

  test('one that may not be read holds up nobody', async () => {
    mkdirSync(path.join(folder, FIRST));
    put(SECOND, '{"variables":{}}\n');
    await spool().takeAll();
    expect(stored).toHaveLength(1);
    expect(warnings).toHaveLength(1);
  });

  test('may be looked after by two processes', async () => {
    for (let n = 0; n < 50; n += 1) put(`${randomUUID()}.cdr.json`, '{"variables":{}}\n');
    await Promise.all([spool().takeAll(), spool().takeAll()]);
    expect(readdirSync(folder)).toEqual([]);
    expect(warnings).toEqual([]);
  });

  test('in a folder that is not there are nothing to end for', async () => {
    rmSync(folder, { recursive: true });
    await spool().takeAll();
    expect(warnings).toHaveLength(1);
    folder = mkdtempSync(path.join(os.tmpdir(), 'ringline-spool-'));
  });

  test('are taken no more once it was told to stop', async () => {
    put(FIRST, '{"variables":{}}\n');
    const stopped = spool();
    stopped.start();
    await stopped.stop();
    put(SECOND, '{"variables":{}}\n');
    expect(readdirSync(folder)).toContain(SECOND);
  });
});
