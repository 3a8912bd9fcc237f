import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { START_PROBLEM_SENTENCES } from '../../campaigns/campaign.ts';
import { eventSentence } from '../../campaigns/lead-history.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { callsHead } from '../../reports/export-file.ts';
import { doneSentence } from '../../server/supervisor-sentence.ts';
import { describeWith } from '../../server/test-tools.ts';
import { Browsers } from './browser-page.ts';
import { useRunningProduct } from './running-product.ts';
import { ANYTHING, saying, wordsOf } from './words.ts';

/** What each of the two languages calls its own things, so that both can be at home in one product. */
const JOURNEYS = [
  {
    language: 'en',
    list: 'Trade fair',
    campaign: 'Fair follow-up',
    filter: 'Row seven',
    area: '212 555',
    another: '+44 20 7946 0018',
    restMinutes: 90,
    seat: { role: 'agent', name: 'Alex Agent', extension: '1101' },
    office: 'office.example',
    team: 'North',
    extensionFrom: 3000,
  },
  {
    language: 'zh-CN',
    list: '秋季展会',
    campaign: '展会回访',
    filter: '第七行',
    area: '212 556',
    another: '+44 20 7946 0019',
    restMinutes: 100,
    seat: { role: 'agent2', name: 'Robin Agent', extension: '1102' },
    office: 'beijing.example',
    team: '北区',
    extensionFrom: 4000,
  },
] as const;

/** What a lead's history has of every event, and its sentence does not say. */
const HAPPENED = { at: 0 as EpochMs, key: '', phone: null, campaignId: null, campaignName: null };

describeWith(['chromium'], 'the journeys of managers, supervisors and admins', () => {
  const product = useRunningProduct();
  const browsers = new Browsers(product);
  const folder = mkdtempSync(path.join(tmpdir(), 'ringline-files-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  describe.each(JOURNEYS)('in $language', (own) => {
    const {
      language,
      list,
      campaign,
      filter,
      area,
      another,
      restMinutes,
      seat,
      office,
      team,
      extensionFrom,
    } = own;
    const say = wordsOf(language);
    beforeAll(() => browsers.speak(language));

    test('a messy file becomes leads, its bad rows can be read, and a campaign of it says what is missing', async () => {
      const { page, complaints } = await browsers.signedIn('manager');
      const rows = Array.from({ length: 500 }, (_, i) => `Person ${i};${area} ${String(1000 + i)};row ${i}`);
      const messy = ['Name;Mobile;Remark', ...rows, 'Nobody;;', 'Word;not a number;', rows[0] ?? ''].join(
        '\r\n',
      );
      const file = path.join(folder, 'messy.csv');
      writeFileSync(file, `\uFEFF${messy}\r\n`);
      await page.goto(`${product.address}/lists/import`);
      await page.getByLabel(say('import.file')).setInputFiles(file);
      await page.getByText(say('import.columns', { count: 3 })).waitFor();
      await page.getByLabel(say('import.listName')).fill(list);
      await page.getByRole('button', { name: say('import.start'), exact: true }).click();
      await page.getByText(say('import.done', { file: 'messy.csv', rows: 503, list })).waitFor();
      await page.getByText(say('reject.phone-missing')).waitFor();
      const download = page.waitForEvent('download');
      await page.getByRole('link', { name: say('import.downloadRejects') }).click();
      expect((await download).suggestedFilename()).toMatch(/\.csv$/);

      await page.getByRole('link', { name: say('import.toCampaigns') }).click();
      await page.getByRole('link', { name: say('campaign.new') }).click();
      await page.getByLabel(say('campaign.name'), { exact: true }).fill(campaign);
      await page.getByRole('checkbox', { name: new RegExp(list) }).check();
      await page.getByRole('button', { name: say('campaign.create') }).click();
      await page.getByText(say('campaign.cannotStart')).waitFor();
      await page.getByText(START_PROBLEM_SENTENCES[language]['no-caller-id']).waitFor();
      expect(await page.getByRole('button', { name: say('campaign.start'), exact: true }).isDisabled()).toBe(
        true,
      );

      await page.getByLabel(say('campaign.callerId')).fill('12');
      await page.getByRole('button', { name: say('common.save'), exact: true }).click();
      await page.getByText(say('campaign.wrong.callerId')).waitFor();
      await page.getByLabel(say('campaign.callerId')).fill('+12125550123');
      await page.getByRole('button', { name: say('common.save'), exact: true }).click();
      await page.getByText(say('campaign.saved')).waitFor();
      await page.getByRole('button', { name: say('campaign.start'), exact: true }).click();
      await page.getByRole('button', { name: say('campaign.pause'), exact: true }).click();
      await page.getByRole('button', { name: say('campaign.start'), exact: true }).waitFor();
      expect(complaints).toEqual([]);
    });

    test('a list is paused and its leads say so; a filter is built, counted and kept; a lead gets a note and a number', async () => {
      const { page, complaints } = await browsers.signedIn('manager');
      await page.goto(`${product.address}/lists`);
      await page.getByRole('link', { name: list }).click();
      await page.getByRole('button', { name: say('lists.pause'), exact: true }).click();
      await page.getByText(say('lists.isPaused')).waitFor();
      await page.getByRole('button', { name: say('lists.reset') }).click();
      await page.getByText(say('lists.resetCount', { count: 0, figure: '0' })).waitFor();
      await page.keyboard.press('Escape');

      await page.getByRole('link', { name: say('lists.showLeads') }).click();
      await page.getByText(say('filter.count', { count: 500, figure: '500' })).waitFor();
      await page.getByRole('button', { name: say('filter.addFirst') }).click();
      await page.getByLabel(say('filter.what')).selectOption('custom:Remark');
      await page.getByLabel(say('filter.value')).fill('row 7');
      await page.getByText(say('filter.count', { count: 1, figure: '1' }), { exact: true }).waitFor();
      await page.getByRole('button', { name: say('filter.save') }).click();
      await page.getByRole('dialog').getByLabel(say('filter.name')).fill(filter);
      await page.keyboard.press('Enter');
      await page.getByText(say('filter.saved', { name: filter })).waitFor();
      expect(await page.getByLabel(say('filter.savedOnes')).textContent()).toContain(filter);

      await page.locator('tbody a').first().focus();
      await page.keyboard.press('Enter');
      await page.getByText(say('lead.hold.list-paused')).waitFor();
      await page
        .getByText(
          eventSentence(
            { ...HAPPENED, kind: 'list-held', hold: 'list-paused', listName: list, expiresOn: null },
            language,
          ),
        )
        .waitFor();
      await page.getByLabel(say('lead.note')).fill('Met at the stand.');
      await page.getByRole('button', { name: say('lead.noteAdd') }).click();
      await page
        .getByText(
          eventSentence({ ...HAPPENED, kind: 'note', text: '', agentName: 'Mara Manager' }, language),
        )
        .waitFor();
      await page.getByRole('textbox', { name: say('lead.numberAdd') }).fill(`${area} 1007`);
      await page.keyboard.press('Enter');
      await page.getByText(say('lead.notChanged')).waitFor();
      await page.getByRole('textbox', { name: say('lead.numberAdd') }).fill(another);
      await page.keyboard.press('Enter');
      await page.getByText(another.replaceAll(' ', '')).waitFor();

      await page
        .locator('main')
        .getByRole('link', { name: say('lead.toList'), exact: true })
        .click();
      await page.getByRole('button', { name: say('lists.goOn') }).click();
      await page.getByRole('button', { name: say('lists.pause'), exact: true }).waitFor();
      expect(complaints).toEqual([]);
    });

    test('a manager sees why leads wait, changes a retry rule within the law, and finds it in the history', async () => {
      const { page, complaints } = await browsers.signedIn('manager');
      await page.getByRole('link', { name: say('campaign.standing') }).click();
      await page.getByText(say('campaign.wait.calling-window'), { exact: true }).waitFor();
      const ending = say('ending.no-answer');
      const abandoned = page.getByLabel(
        say('campaign.retry.afterOf', { ending: say('ending.human-abandoned') }),
      );
      await abandoned.fill('24');
      await page.getByLabel(say('campaign.retry.afterOf', { ending })).fill(String(restMinutes));
      await page.getByLabel(say('campaign.retry.unitOf', { ending })).selectOption('minutes');
      await page.getByLabel(say('campaign.retry.spreadOf', { ending })).check();
      await page.getByRole('button', { name: say('common.save'), exact: true }).click();
      await page.getByText(say('campaign.wrongFields', { count: 1 })).waitFor();
      expect(await abandoned.getAttribute('aria-invalid')).toBe('true');
      await abandoned.fill('72');
      await page
        .getByRole('textbox', { name: say('campaign.section.script') })
        .fill('# Hello\n{{first_name}}, **<i>listen</i>**');
      await page.locator('.script strong', { hasText: '<i>listen</i>' }).waitFor();
      await page.getByRole('button', { name: say('common.save'), exact: true }).click();
      await page.getByText(say('campaign.saved')).waitFor();
      const rest = say('campaign.retry.in.minutes', { count: restMinutes });
      // Between the two stand the demo's tries.
      await page
        .getByText(new RegExp(`${ending}: ${rest}, (?:.+, )?${say('campaign.retry.spread')}`))
        .waitFor();
      expect(complaints).toEqual([]);
    });

    test('a supervisor finds the agent whose phone was lost, reconnects it and writes to him, by keyboard alone', async () => {
      const agent = await browsers.signedIn(seat.role);
      await agent.page.getByText(say('desk.idle.signedOut')).waitFor();
      await agent.page.keyboard.press('c');
      await agent.page.getByText(say('desk.idle.connected')).waitFor();
      await product.tellSwitch(`ringline_phone hangup ${seat.extension}`);

      const { page, complaints } = await browsers.signedIn('supervisor');
      await page.getByRole('link', { name: say('shell.area.agents'), exact: true }).press('Enter');
      const first = page.locator('tbody tr').first();
      await first.getByText(seat.name).waitFor();
      expect(await first.textContent()).toContain(say('agent.state.phone-lost'));
      await page.getByRole('button', { name: new RegExp(`^1 ${say('agents.alarms')}`) }).press('Enter');
      await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
      await page.getByRole('button', { name: say('agents.reconnectOf', { name: seat.name }) }).press('Enter');
      await page
        .getByText(
          doneSentence(
            'connect-phone',
            { name: seat.name, state: 'phone-connecting', wanted: null },
            language,
          ).message,
        )
        .waitFor();
      await agent.page.getByText(say('desk.idle.connected')).waitFor();

      await page.getByRole('button', { name: say('agents.showAll') }).press('Enter');
      await page.getByRole('button', { name: say('agents.helpOf', { name: seat.name }) }).press('Enter');
      await page
        .getByLabel(say('agents.message', { count: 1 }))
        .fill('Your line was cut. Go on when you are ready.');
      await page.keyboard.press('Control+Enter');
      await page.getByText(say('agents.written', { count: 1 })).waitFor();
      await page.keyboard.press('Escape');
      await agent.page.getByText('Your line was cut. Go on when you are ready.').waitFor();
      await agent.page.getByRole('button', { name: new RegExp(`^${say('agents.seen')}`) }).press('Enter');
      await page.getByRole('link', { name: seat.name }).press('Enter');
      await page
        .getByText(saying(say('agents.did.wroteSeen', { by: 'Sven Supervisor', at: ANYTHING })))
        .waitFor();
      await page
        .getByText(
          `${say('agents.did.connect-phone', { by: 'Sven Supervisor' })} ${say('agents.outcome.done')}`,
        )
        .waitFor();
      expect(complaints).toEqual([]);
      await agent.page.getByRole('button', { name: say('desk.leave') }).press('Enter');
      // Somebody whose page is gone while he is at work is an alarm to whoever looks next.
      await agent.page.getByText(say('desk.idle.signedOut')).waitFor();
    });

    test('an admin adds fifty agents from a file, and one of them chooses a password before anything else', async () => {
      const { page, complaints } = await browsers.signedIn('admin');
      await page.goto(`${product.address}/admin/users/import`);
      const people = Array.from(
        { length: 50 },
        (_, i) => `Agent ${i},a${i}@${office},${team},${extensionFrom + i},${language}`,
      );
      const choose = (lines: readonly string[]): Promise<void> =>
        page.getByLabel(say('users.file')).setInputFiles({
          name: 'agents.csv',
          mimeType: 'text/csv',
          buffer: Buffer.from(['name,email,team,extension,language', ...lines].join('\r\n')),
        });
      await choose([...people, `Twice,a7@${office},${team},1101,${language}`]);
      await page.getByText(say('users.faulty', { count: 1 })).waitFor();
      await page.getByText(`${say('users.email')}: ${say('users.problem.email-twice')}`).waitFor();
      await page.getByText(`${say('users.extension')}: ${say('users.problem.extension-taken')}`).waitFor();
      expect(
        await page.getByRole('button', { name: say('users.importAll', { count: 51 }) }).isDisabled(),
      ).toBe(true);
      await choose(people);
      await page.getByText(say('users.newTeams', { teams: team })).waitFor();
      await page.getByRole('button', { name: say('users.importAll', { count: 50 }) }).click();
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: say('users.passwordsDownload') }).click();
      const sheet = readFileSync(await (await download).path(), 'utf8')
        .trim()
        .split('\r\n');
      expect(sheet).toHaveLength(51);
      const [, email = '', , , , , password = ''] = sheet[8]?.split(',') ?? [];
      expect(email).toBe(`a7@${office}`);
      await page.getByText(say('users.passwordsGone')).waitFor();

      const agent = await browsers.open();
      await agent.page.getByLabel(say('session.email')).fill(email);
      await agent.page.getByLabel(say('session.password')).fill(password);
      await agent.page.keyboard.press('Enter');
      await agent.page.getByRole('heading', { name: say('session.chooseTitle') }).waitFor();
      await agent.page.keyboard.type(password);
      await agent.page.keyboard.press('Tab');
      await agent.page.keyboard.type('a password of my own');
      await agent.page.keyboard.press('Tab');
      await agent.page.keyboard.type('a password of my own');
      await agent.page.keyboard.press('Enter');
      await agent.page.getByText(say('desk.idle.signedOut')).waitFor();
      expect([...complaints, ...agent.complaints]).toEqual([]);
    });

    test('a manager opens a report, follows a figure to its calls and to a lead, and exports them', async () => {
      const { page, complaints } = await browsers.signedIn('manager');
      await page.getByRole('link', { name: say('shell.area.reports'), exact: true }).click();
      await page.getByLabel(say('report.days')).selectOption(say('report.range.yesterday'));
      await page.getByText(say('report.noCalls')).waitFor();
      // With the keyboard from here on.
      await page.getByLabel(say('report.days')).focus();
      await page.keyboard.press('Home');
      const attempts = page.getByRole('link', { name: new RegExp(`^${say('report.attempts')}: \\d`) }).last();
      await attempts.waitFor();
      await page.getByRole('img', { name: say('report.callsInWords') }).waitFor();
      await attempts.press('Enter');
      await page.getByRole('heading', { name: say('report.figure.attempts') }).waitFor();
      const rows = page.locator('tbody tr');
      await rows.first().waitFor();
      await rows.first().getByRole('link').press('Enter');
      await page.getByRole('heading', { name: say('lead.history') }).waitFor();
      await page.goBack();
      await rows.first().waitFor();
      await page.getByRole('button', { name: say('export.calls') }).press('Enter');
      await page.getByRole('heading', { name: say('export.title') }).waitFor();
      // The newest stands first; others may be there already.
      const link = rows.first().getByRole('link', { name: say('export.download') });
      await link.waitFor();
      const download = page.waitForEvent('download');
      await link.press('Enter');
      const file = readFileSync(await (await download).path(), 'utf8');
      expect(file.startsWith(`\ufeff${callsHead(language)}`)).toBe(true);
      const written = await rows.first().locator('td').nth(4).textContent();
      expect(file.trim().split('\r\n')).toHaveLength(Number(written) + 1);
      expect(complaints).toEqual([]);
    });
  });
});
