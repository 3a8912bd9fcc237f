import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import writeXlsxFile from 'write-excel-file/node';
import { describeWith } from '../../server/test-tools.ts';
import { Browsers, signIn } from './browser-page.ts';
import { useRunningProduct } from './running-product.ts';

/** In a place, or where only the zone is known: "(Australian Eastern Time)". */
const OUTSIDE_HOURS = /^not called at \d\d:\d\d (?:in .+|\(.+\)): .+ next /i;

/** The first lead whose history says that a call was refused because of the hour; null = none was yet. */
async function refusedLead(page: Page): Promise<string | null> {
  return page.evaluate<string | null>(`(async () => {
    const read = async (path) => (await fetch(path)).json();
    const { leads } = await read('/api/leads?limit=80');
    for (const { leadId } of leads) {
      const { entries } = await read('/api/leads/' + leadId + '/history');
      if (entries.some(({ sentence }) => ${String(OUTSIDE_HOURS)}.test(sentence))) return leadId;
    }
    return null;
  })()`);
}

describeWith(['chromium'], 'the console of managers and officers', () => {
  const product = useRunningProduct();
  const browsers = new Browsers(product);
  const folder = mkdtempSync(path.join(tmpdir(), 'ringline-files-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('a wrong password is refused with a sentence, the right one opens the running campaign', async () => {
    const { page, complaints } = await browsers.open();
    await signIn(page, 'manager', 'not the password');
    await page.getByText('There is no user with this e-mail address and password.').waitFor();
    await page.locator('input[type=password]:focus').waitFor();
    await signIn(page, 'manager');
    await page.getByRole('heading', { name: 'Demo campaign' }).waitFor();
    expect(new URL(page.url()).pathname).toMatch(/^\/campaigns\/[0-9a-f-]{36}$/);
    expect(complaints).toEqual([]);
  });

  test('the figures of a running campaign move by themselves, and a last call leads to its lead', async () => {
    const { page, complaints } = await browsers.signedIn('manager');
    await page.getByRole('status').getByText('Live', { exact: true }).waitFor();
    const attempts = page.locator('dl', { hasText: 'Attempts' }).locator('dd').first();
    const before = await attempts.textContent();
    // An attempt counts when it has ended, and all agents may be in talks that outlast any patience, or begin one soon.
    await expect
      .poll(
        async () => {
          await product.endTalks();
          return attempts.textContent();
        },
        { timeout: 60_000, interval: 1000 },
      )
      .not.toBe(before);
    await page.locator('tbody a').first().click();
    await page.getByRole('heading', { name: 'History' }).waitFor();
    await page
      .getByText(/^Called: |^called: /)
      .first()
      .waitFor();
    await page.getByText('imported into the list “Demo people”').waitFor();
    expect(complaints).toEqual([]);
  });

  test('a lead that was refused says why, and when it may be called', async () => {
    const { page } = await browsers.signedIn('officer');
    // At every hour of the year some of the demo's people are outside of their calling hours; which of them came up is chance.
    await expect.poll(() => refusedLead(page), { timeout: 60_000, interval: 5000 }).not.toBeNull();
    await page.goto(`${product.address}/leads/${(await refusedLead(page)) ?? ''}`);
    await page.getByRole('heading', { name: 'History' }).waitFor();
    await page.getByText(/imported into/).waitFor();
    await page.getByText(OUTSIDE_HOURS).first().waitFor();
  });

  test('paused, it says so to everybody who looks, and started again it goes on', async () => {
    const { page } = await browsers.signedIn('manager');
    const other = await browsers.signedIn('supervisor');
    await other.page.getByText('Running').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused', { exact: true }).first().waitFor();
    await other.page.getByText('Paused', { exact: true }).first().waitFor();
    expect(await other.page.getByRole('button', { name: 'Start' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText('Running').waitFor();
    await other.page.getByText('Running').waitFor();
  });

  test('the language changes at once, also that of the server’s sentences, and stays', async () => {
    const { page } = await browsers.signedIn('auditor');
    await page.getByText('Last calls').waitFor();
    await page.locator('tbody a').first().click();
    await page.getByText('imported into the list “Demo people”').waitFor();
    await page.getByRole('button', { name: 'Aki Auditor' }).click();
    await page.getByRole('menuitemradio', { name: '简体中文' }).click();
    await page.getByRole('heading', { name: '历史记录' }).waitFor();
    await page.getByText('导入名单“Demo people”').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    await page.reload();
    await page.getByRole('heading', { name: '历史记录' }).waitFor();
    await page.getByRole('button', { name: 'Aki Auditor' }).click();
    await page.getByRole('menuitemradio', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'History' }).waitFor();
  });

  test('a file in GBK and a workbook are shown as they will be read, and the columns are remembered', async () => {
    const { page, complaints } = await browsers.signedIn('manager');
    // 姓名;电话;入会 / 王小明;13912345678;2024-01-31
    const gbk = 'd0d5c3fb3bb5e7bbb03bc8ebbbe10acdf5d0a1c3f73b31333931323334353637383b323032342d30312d33310a';
    const chinese = path.join(folder, 'chinese.csv');
    writeFileSync(chinese, Buffer.from(gbk, 'hex'));
    const open = async (file: string, country: string): Promise<void> => {
      await page.goto(`${product.address}/lists/import`);
      await page.getByLabel('Country of numbers').fill(country);
      await page.getByLabel('CSV file or workbook').setInputFiles(file);
    };
    await open(chinese, 'CN');
    await page.getByRole('cell', { name: '王小明' }).waitFor();
    expect(await page.getByLabel('Encoding').inputValue()).toBe('gb18030');
    expect(await page.getByLabel('Type of column 入会').inputValue()).toBe('date');
    await page.getByLabel('Encoding').selectOption('big5');
    await page.getByRole('cell', { name: '王小明' }).waitFor({ state: 'detached' });
    await page.getByLabel('Encoding').selectOption('gb18030');
    await page.getByLabel('What column 姓名 holds').selectOption('lastName');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('chinese.csv: 1 rows read into “chinese”.').waitFor();
    await open(chinese, 'CN');
    await page.getByText('As you chose them the last time').waitFor();
    expect(await page.getByLabel('What column 姓名 holds').inputValue()).toBe('lastName');

    const book = path.join(folder, 'book.xlsx');
    const rows = [
      ['Name', 'Phone', 'Born'],
      ['Ann', 2_079_460_018, new Date('1990-12-31')],
    ];
    const asCell = (value: string | number | Date) =>
      value instanceof Date ? { value, type: Date, format: 'dd/mm/yyyy' } : { value };
    await writeXlsxFile([
      { sheet: 'Read me', data: [[asCell('Members of March')], [asCell('by Ann')]] },
      { sheet: 'Members', data: rows.map((row) => row.map(asCell)) },
    ]).toFile(book);
    await open(book, 'GB');
    await page.getByRole('cell', { name: 'by Ann' }).waitFor();
    await page.getByLabel('Sheet', { exact: true }).selectOption('Members');
    await page.getByRole('cell', { name: '1990-12-31' }).waitFor();
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('book.xlsx: 1 rows read into “book”.').waitFor();
    await open(book, 'GB');
    await page.getByRole('cell', { name: '1990-12-31' }).waitFor();
    expect(await page.getByLabel('Sheet', { exact: true }).inputValue()).toBe('Members');
    expect(complaints).toEqual([]);
  });

  test('a file that is no list is refused with a sentence, and nothing is made of it', async () => {
    const { page } = await browsers.signedIn('manager');
    const file = path.join(folder, 'empty.csv');
    writeFileSync(file, '');
    await page.goto(`${product.address}/lists/import`);
    await page.getByLabel('CSV file or workbook').setInputFiles(file);
    await page.getByText('The file cannot be read.').waitFor();
    await page.getByLabel('Name of the list').fill('Never made');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('The file was not imported.').waitFor();
    await page
      .getByText(/^The file is empty/)
      .first()
      .waitFor();
    await page.goto(`${product.address}/leads`);
    await page.getByLabel('Find a lead').waitFor();
    expect(await page.getByRole('option', { name: 'Never made' }).count()).toBe(0);
  });

  test('a number on the do-not-call list is found, and only who may can remove it', async () => {
    const officer = await browsers.signedIn('officer');
    const { page } = officer;
    await page.getByRole('link', { name: 'Do not call', exact: true }).click();
    await page.getByRole('button', { name: 'Add a number' }).first().click();
    await page.getByRole('dialog').getByLabel('Number').fill('(212) 555-0199');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('cell', { name: '+12125550199', exact: true }).waitFor();
    await page.getByLabel('Look up a number').fill('212 555 0188');
    await page.getByText('212 555 0188 is not on the list').waitFor();

    const manager = await browsers.signedIn('manager');
    await manager.page.getByRole('link', { name: 'Do not call', exact: true }).click();
    await manager.page.getByRole('cell', { name: '+12125550199', exact: true }).waitFor();
    expect(await manager.page.getByRole('button', { name: /^Remove/ }).count()).toBe(0);

    await page.getByLabel('Look up a number').fill('');
    await page.getByRole('button', { name: 'Remove +12125550199' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('+12125550199 was removed from the list.').waitFor();
  });

  test('whoever is deactivated is out at once', async () => {
    const supervisor = await browsers.signedIn('supervisor');
    await supervisor.page.getByRole('heading', { name: 'Demo campaign' }).waitFor();
    const { page } = await browsers.signedIn('admin');
    await page.getByRole('link', { name: 'Administration', exact: true }).click();
    await page.getByRole('button', { name: 'More for Sven Supervisor' }).click();
    await page.getByRole('menuitem', { name: 'Deactivate' }).click();
    await page.getByRole('button', { name: 'Deactivate', exact: true }).click();
    await supervisor.page.getByText('You were signed out.').waitFor();
    await page.getByLabel('State').selectOption('inactive');
    await page.getByRole('button', { name: 'More for Sven Supervisor' }).click();
    await page.getByRole('menuitem', { name: 'Activate' }).click();
    await page.getByRole('button', { name: 'Activate', exact: true }).click();
    await page.getByText('Sven Supervisor may sign in again.').waitFor();
    await signIn(supervisor.page, 'supervisor');
    await supervisor.page.getByRole('heading', { name: 'Demo campaign' }).waitFor();
  });
});
