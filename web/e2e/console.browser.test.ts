import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import writeXlsxFile from 'write-excel-file/node';
import { describeWith } from '../../server/test-tools.ts';
import { Browsers, signIn } from './browser-page.ts';
import { useRunningProduct } from './running-product.ts';

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
    await page.getByText('Live', { exact: true }).nth(1).waitFor();
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
    await page.getByRole('link', { name: 'Leads', exact: true }).click();
    await page.getByLabel('Find a lead').waitFor();
    const rows = page.locator('tbody tr');
    await rows.first().waitFor();
    // At every hour of the year some of the demo's people are outside of their calling hours.
    for (let i = 0; i < (await rows.count()); i += 1) {
      await rows.nth(i).getByRole('link').click();
      await page.getByRole('heading', { name: 'History' }).waitFor();
      await page.getByText(/imported into/).waitFor();
      const refusal = page.getByText(/^not called at \d\d:\d\d in .+ next /i);
      if ((await refusal.count()) > 0) return;
      await page.goBack();
      await rows.first().waitFor();
    }
    expect.fail('None of the first leads was refused.');
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

  test('a messy file becomes leads, its bad rows can be read, and a campaign of it says what is missing', async () => {
    const { page, complaints } = await browsers.signedIn('manager');
    const rows = Array.from({ length: 500 }, (_, i) => `Person ${i};212 555 ${String(1000 + i)};row ${i}`);
    const messy = ['Name;Mobile;Remark', ...rows, 'Nobody;;', 'Word;not a number;', rows[0] ?? ''].join(
      '\r\n',
    );
    const file = path.join(folder, 'messy.csv');
    writeFileSync(file, `\uFEFF${messy}\r\n`);
    await page.goto(`${product.address}/lists/import`);
    await page.getByLabel('CSV file or workbook').setInputFiles(file);
    await page.getByText('Columns of the file (3)').waitFor();
    await page.getByLabel('Name of the list').fill('Trade fair');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('messy.csv: 503 rows read into “Trade fair”.').waitFor();
    await page.getByText('No phone number in the row').waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download rejected rows' }).click();
    expect((await download).suggestedFilename()).toMatch(/\.csv$/);

    await page.getByRole('link', { name: 'To the campaigns' }).click();
    await page.getByRole('link', { name: 'New campaign' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Fair follow-up');
    await page.getByRole('checkbox', { name: /Trade fair/ }).check();
    await page.getByRole('button', { name: 'Create campaign' }).click();
    await page.getByText('Before it can start:').waitFor();
    await page.getByText('The campaign has no caller ID').waitFor();
    expect(await page.getByRole('button', { name: 'Start' }).isDisabled()).toBe(true);

    await page.getByLabel('Caller ID').fill('12');
    await page.getByRole('button', { name: 'Save' }).click();
    await page
      .getByText(/must be a full number/)
      .first()
      .waitFor();
    await page.getByLabel('Caller ID').fill('+12125550123');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved. It holds from the next call on.').waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Start' }).isEnabled()).toBe(true);
    expect(complaints).toEqual([]);
  });

  test('a list is paused and its leads say so; a filter is built, counted and kept; a lead gets a note and a number', async () => {
    const { page, complaints } = await browsers.signedIn('manager');
    await page.goto(`${product.address}/lists`);
    await page.getByRole('link', { name: 'Trade fair' }).click();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('The list is paused.').waitFor();
    await page.getByRole('button', { name: 'Reset…' }).click();
    await page.getByText('No leads are made due.').waitFor();
    await page.keyboard.press('Escape');

    await page.getByRole('link', { name: 'Show leads' }).click();
    await page.getByText('500 leads').waitFor();
    await page.getByRole('button', { name: 'Add a condition' }).click();
    await page.getByLabel('What is looked at').selectOption('custom:Remark');
    await page.getByLabel('Compared with').fill('row 7');
    await page.getByText('1 lead', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Save the filter' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Row seven');
    await page.keyboard.press('Enter');
    await page.getByText('The filter “Row seven” is saved.').waitFor();
    expect(await page.getByLabel('Saved filters').textContent()).toContain('Row seven');

    await page.locator('tbody a').first().focus();
    await page.keyboard.press('Enter');
    await page.getByText('Not called: its list is paused.').waitFor();
    await page.getByText('Not called: the list “Trade fair” is paused').waitFor();
    await page.getByLabel('Write a note').fill('Met at the stand.');
    await page.getByRole('button', { name: 'Add note' }).click();
    await page.getByText('Mara Manager noted').waitFor();
    await page.getByRole('textbox', { name: 'Add a number' }).fill('212 555 1007');
    await page.keyboard.press('Enter');
    await page.getByText('The lead was not changed.').waitFor();
    await page.getByRole('textbox', { name: 'Add a number' }).fill('+44 20 7946 0018');
    await page.keyboard.press('Enter');
    await page.getByText('+442079460018').waitFor();

    await page.getByRole('link', { name: 'List', exact: true }).click();
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    expect(complaints).toEqual([]);
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

  test('a manager sees why leads wait, changes a retry rule within the law, and finds it in the history', async () => {
    const { page, complaints } = await browsers.signedIn('manager');
    await page.getByRole('link', { name: 'Where the leads stand' }).click();
    await page.getByText('no calls allowed at this hour where they are').waitFor();
    const abandoned = page.getByLabel('Call again after: Abandoned');
    await abandoned.fill('24');
    await page.getByLabel('Call again after: No answer').fill('90');
    await page.getByLabel('Unit: No answer').selectOption('minutes');
    await page.getByLabel('Other part of the day: No answer').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('One setting is not right yet.').waitFor();
    expect(await abandoned.getAttribute('aria-invalid')).toBe('true');
    await abandoned.fill('72');
    await page.getByRole('textbox', { name: 'Script' }).fill('# Hello\n{{first_name}}, **<i>listen</i>**');
    await page.locator('.script strong', { hasText: '<i>listen</i>' }).waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved. It holds from the next call on.').waitFor();
    await page.getByText('No answer: 90 minutes, Other part of the day').waitFor();
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

  test('a supervisor finds the agent whose phone was lost, reconnects it and writes to him, by keyboard alone', async () => {
    const agent = await browsers.signedIn('agent');
    await agent.page.getByText('Connect your phone to begin').waitFor();
    await agent.page.keyboard.press('c');
    await agent.page.getByText('Your phone is connected').waitFor();
    await product.tellSwitch('ringline_phone hangup 1101');

    const { page, complaints } = await browsers.signedIn('supervisor');
    await page.getByRole('link', { name: 'Agents', exact: true }).press('Enter');
    const first = page.locator('tbody tr').first();
    await first.getByText('Alex Agent').waitFor();
    expect(await first.textContent()).toContain('Phone lost');
    await page.getByRole('button', { name: /^1 Alarms/ }).press('Enter');
    await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
    await page.getByRole('button', { name: 'Reconnect the phone of Alex Agent' }).press('Enter');
    await page.getByText('The phone of Alex Agent is being called; it must be answered.').waitFor();
    await agent.page.getByText('Your phone is connected').waitFor();

    await page.getByRole('button', { name: 'Show all' }).press('Enter');
    await page.getByRole('button', { name: 'Help Alex Agent' }).press('Enter');
    await page.getByLabel('Your message').fill('Your line was cut. Go on when you are ready.');
    await page.keyboard.press('Control+Enter');
    await page.getByText('The message is sent.').waitFor();
    await page.keyboard.press('Escape');
    await agent.page.getByText('Your line was cut. Go on when you are ready.').waitFor();
    await agent.page.getByRole('button', { name: /^Seen/ }).press('Enter');
    await page.getByRole('link', { name: 'Alex Agent' }).press('Enter');
    await page.getByText(/^Sven Supervisor wrote; seen /).waitFor();
    await page.getByText('Sven Supervisor called the phone again. Done.').waitFor();
    expect(complaints).toEqual([]);
    await agent.page.getByRole('button', { name: 'End shift' }).press('Enter');
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

  test('an admin adds fifty agents from a file, and one of them chooses a password before anything else', async () => {
    const { page, complaints } = await browsers.signedIn('admin');
    await page.goto(`${product.address}/admin/users/import`);
    const people = Array.from({ length: 50 }, (_, i) => `Agent ${i},a${i}@office.example,North,${3000 + i}`);
    const choose = (lines: readonly string[]): Promise<void> =>
      page.getByLabel('File with users').setInputFiles({
        name: 'agents.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(['name,email,team,extension', ...lines].join('\r\n')),
      });
    await choose([...people, 'Twice,a7@office.example,North,1101']);
    await page.getByText('1 line needs mending').waitFor();
    await page.getByText('E-mail: stands in this file twice').waitFor();
    await page.getByText('Extension: another agent has it').waitFor();
    expect(await page.getByRole('button', { name: 'Add 51 people' }).isDisabled()).toBe(true);
    await choose(people);
    await page.getByText('New teams that come with it: North').waitFor();
    await page.getByRole('button', { name: 'Add 50 people' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download passwords' }).click();
    const sheet = readFileSync(await (await download).path(), 'utf8')
      .trim()
      .split('\r\n');
    expect(sheet).toHaveLength(51);
    const [, email = '', , , , , password = ''] = sheet[8]?.split(',') ?? [];
    expect(email).toBe('a7@office.example');
    await page.getByText('The passwords are in your downloads.').waitFor();

    const agent = await browsers.open();
    await agent.page.getByLabel('E-mail').fill(email);
    await agent.page.getByLabel('Password').fill(password);
    await agent.page.keyboard.press('Enter');
    await agent.page.getByRole('heading', { name: 'Choose your password' }).waitFor();
    await agent.page.keyboard.type(password);
    await agent.page.keyboard.press('Tab');
    await agent.page.keyboard.type('a password of my own');
    await agent.page.keyboard.press('Tab');
    await agent.page.keyboard.type('a password of my own');
    await agent.page.keyboard.press('Enter');
    await agent.page.getByText('Connect your phone to begin').waitFor();
    expect([...complaints, ...agent.complaints]).toEqual([]);
  });

  test('a manager opens a report, follows a figure to its calls and to a lead, and exports them', async () => {
    const { page, complaints } = await browsers.signedIn('manager');
    await page.getByRole('link', { name: 'Reports', exact: true }).click();
    await page.getByLabel('Days').selectOption('Yesterday');
    await page.getByText('No calls in these days').waitFor();
    // With the keyboard from here on.
    await page.getByLabel('Days').focus();
    await page.keyboard.press('Home');
    const attempts = page.getByRole('link', { name: /^Attempts: \d/ }).last();
    await attempts.waitFor();
    await page.getByRole('img', { name: /Chart of attempts/ }).waitFor();
    await attempts.press('Enter');
    await page.getByRole('heading', { name: 'Attempts' }).waitFor();
    const rows = page.locator('tbody tr');
    await rows.first().waitFor();
    await rows.first().getByRole('link').press('Enter');
    await page.getByRole('heading', { name: 'History' }).waitFor();
    await page.goBack();
    await rows.first().waitFor();
    await page.getByRole('button', { name: 'Export calls' }).press('Enter');
    await page.getByRole('heading', { name: 'Exports' }).waitFor();
    const link = page.getByRole('link', { name: 'Download CSV' });
    await link.waitFor();
    const download = page.waitForEvent('download');
    await link.press('Enter');
    const file = readFileSync(await (await download).path(), 'utf8');
    expect(file).toMatch(/^\ufeffcall id,day,time,/);
    const written = await rows.first().locator('td').nth(4).textContent();
    expect(file.trim().split('\r\n')).toHaveLength(Number(written) + 1);
    expect(complaints).toEqual([]);
  });
});
