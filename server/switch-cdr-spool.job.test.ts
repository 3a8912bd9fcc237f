import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CdrSpool } from './switch-cdr-spool.job.ts';

const FIRST = '019b0000-0000-7000-8000-000000000001.cdr.json';
const SECOND = '019b0000-0000-7000-8000-000000000002.cdr.json';

describe('records that the switch spooled', () => {
  let folder = '';
  let stored: unknown[] = [];
  let isDown = false;
  const warnings: string[] = [];
  const spool = (): CdrSpool =>
    new CdrSpool({
      folder,
      store: async (record) => {
        if (isDown) throw new Error('the database is away');
        stored.push(record);
      },
      log: { warn: (_fields, message) => void warnings.push(message) },
    });
  const put = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'ringline-spool-'));
    stored = [];
    isDown = false;
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
