import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeWith } from '../../server/test-tools.ts';
import { accessFaults, Browsers, read, send, signIn } from './browser-page.ts';
import { useRunningProduct } from './running-product.ts';

/** The demo's own agents take calls too: ours comes when they are busy. */
const CALL_WITHIN_MS = 90_000;

async function waitForCall(page: Page): Promise<void> {
  await page.getByText('On the line', { exact: true }).waitFor({ timeout: CALL_WITHIN_MS });
}

/** With keys alone, as all that follows. */
async function becomeReady(page: Page): Promise<void> {
  await page.getByText('Connect your phone to begin').waitFor();
  await page.keyboard.press('c');
  await page.getByText('Your phone is connected').waitFor();
  await page.keyboard.press('r');
  await page
    .getByText(/^(Waiting for the next call|A call is coming|On the line)$/)
    .first()
    .waitFor();
}

/** A key hangs up only after the first moments of a call; `until` is what the page says then. */
async function hangUpByKey(page: Page, until: string): Promise<void> {
  const isOver = async (): Promise<boolean> => {
    await page.keyboard.press('h');
    return await page.getByText(until).isVisible();
  };
  await expect.poll(isOver, { timeout: 15_000 }).toBe(true);
}

/** For the reason with this key. */
async function askForPause(page: Page, key: string): Promise<void> {
  await page.keyboard.press('p');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press(key);
}

/** As a manager does on the campaign's page. */
async function changeCampaign(page: Page, change: object): Promise<void> {
  const { campaigns } = await read<{ campaigns: { campaignId: string }[] }>(page, '/api/campaigns');
  await send(page, ['PATCH', `/api/campaigns/${campaigns[0]?.campaignId ?? ''}`], change);
}

/** Of the agent whose desk this is. */
async function ownId(page: Page): Promise<string> {
  return (await read<{ agent: { agentId: string } }>(page, '/api/agent')).agent.agentId;
}

/** Several of the demo's people may share a name; one of them has this in his history. */
async function leadWithNote(page: Page, name: string, note: string): Promise<string> {
  const { leads } = await read<{ leads: { leadId: string }[] }>(
    page,
    `/api/leads?q=${encodeURIComponent(name)}&limit=80`,
  );
  for (const { leadId } of leads) {
    const history = await read<object>(page, `/api/leads/${leadId}/history`);
    if (JSON.stringify(history).includes(note)) return leadId;
  }
  throw new Error(`Nobody named ${name} has the note “${note}” in his history.`);
}

describeWith(['chromium'], 'the agent desk', () => {
  const product = useRunningProduct();
  const browsers = new Browsers(product);

  test('a call is taken, noted, ended and stored by keyboard alone, and neither a reload nor a broken line loses what was typed', async () => {
    const { page, complaints } = await browsers.signedIn('agent');
    await becomeReady(page);
    await waitForCall(page);
    await page.locator('#lead-name', { hasNotText: '+' }).waitFor();

    // Letters of hot keys, typed as text: none of them may act.
    const typed = 'rude person: hung up on me, do not pause, call at 3 or 9';
    await page.keyboard.press('n');
    await page.keyboard.type(typed);
    await page.getByText('On the line', { exact: true }).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.keyboard.press('Escape');
    await page.keyboard.press('2');
    expect(await page.getByLabel('Not interested').isChecked()).toBe(true);

    await page.reload();
    await page.getByLabel('Notes').waitFor();
    expect(await page.getByLabel('Notes').inputValue()).toBe(typed);
    expect(await page.getByLabel('Not interested').isChecked()).toBe(true);

    // The line is gone in the middle of the talk: the call stays, and so does what is typed meanwhile.
    await page.context().setOffline(true);
    await page.getByText('The server cannot be reached.').waitFor();
    await page.keyboard.press('n');
    await page.keyboard.press('Control+End');
    await page.keyboard.type('; no line');
    await page.keyboard.press('Escape');
    // A note on the person waits for the line, and has nothing to do with the outcome.
    await page.keyboard.press('l');
    await page.keyboard.type('has a dog');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Being stored: has a dog').waitFor();
    await page.context().setOffline(false);
    await page.getByText('The server cannot be reached.').waitFor({ state: 'detached' });
    await page
      .locator('section[aria-labelledby="history-title"] li .notes', { hasText: 'has a dog' })
      .waitFor();
    await page.getByText('Being stored:').waitFor({ state: 'detached' });
    expect(await page.getByLabel('Notes').inputValue()).toBe(`${typed}; no line`);
    await page.getByText('On the line', { exact: true }).waitFor();

    await hangUpByKey(page, 'Call ended');
    await page.getByText('Time to finish').waitFor();
    const before = await page.locator('.wrap b').textContent();
    await page.keyboard.press('e');
    await expect.poll(() => page.locator('.wrap b').textContent()).not.toBe(before);
    await askForPause(page, '2');
    await page.getByText('Pause follows as soon as nothing is under way for you.').waitFor();
    // Stored without a line: it waits, survives, and goes once the line is back.
    await page.context().setOffline(true);
    await page.getByText('The server cannot be reached.').waitFor();
    await page.keyboard.press('Control+Enter');
    await page.getByText('Not stored yet: the server does not answer.').waitFor();
    await page.context().setOffline(false);
    await page.getByText('You are paused').waitFor();
    await page.locator('.state strong', { hasText: 'Lunch' }).waitFor();
    const calls = page.locator('dl div', { hasText: 'Calls' }).locator('dd').first();
    await expect.poll(() => calls.textContent()).toBe('1');
    await page.getByText(/^\d\d:00: 1 call, 0 sales$/).waitFor();
    // It goes on by itself.
    const pause = page.locator('dl div', { hasText: 'Pause' }).locator('dd');
    const rested = await pause.textContent();
    await expect.poll(() => pause.textContent(), { timeout: 5000 }).not.toBe(rested);
    expect(complaints).toEqual([]);
  });

  test('a callback is typed in the customer’s time, and stands in the history of the lead', async () => {
    const { page } = await browsers.signedIn('agent2');
    await becomeReady(page);
    await waitForCall(page);
    const name = (await page.locator('#lead-name').textContent()) ?? '';
    await page.keyboard.press('3');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Choose day and time.').waitFor();
    await page.getByRole('button', { name: 'Tomorrow 10:00' }).click();
    expect(await page.getByLabel(/^Call back at/).inputValue()).toMatch(/T10:00$/);
    await page.keyboard.press('n');
    await page.keyboard.type('asked for tomorrow');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Outcome stored.').waitFor();

    const manager = await browsers.signedIn('manager');
    const leadId = await leadWithNote(manager.page, name, 'asked for tomorrow');
    await manager.page.goto(`${product.address}/leads/${leadId}`);
    await manager.page.getByText('asked for tomorrow').waitFor();
    await manager.page.getByText(/noted: Call back; call back on .+ 10:00/).waitFor();
    await manager.page.getByText('Callback agreed').waitFor();
    await page.getByRole('button', { name: 'End shift' }).click();
    // He leaves when his talk has ended, which may last.
    await expect
      .poll(
        async () => {
          await product.endTalks();
          return page.getByText('Connect your phone to begin').isVisible();
        },
        { timeout: 30_000, interval: 500 },
      )
      .toBe(true);
  });

  test('a person’s wish not to be called again is in force at once', async () => {
    const { page } = await browsers.signedIn('agent2');
    await becomeReady(page);
    await waitForCall(page);
    await page.keyboard.press('d');
    const dialog = page.getByRole('dialog');
    const title = (await dialog.getByRole('heading').textContent()) ?? '';
    const phone = /\+\d+/.exec(title)?.[0] ?? '';
    await dialog.getByRole('button', { name: 'Never again' }).click();
    await page.getByText(`${phone} is on the do-not-call list.`).waitFor();
    const officer = await browsers.signedIn('officer');
    await officer.page.getByRole('link', { name: 'Do not call', exact: true }).click();
    await officer.page.getByLabel('Look up a number').fill(phone);
    await officer.page
      .getByRole('row', { name: `${phone} All campaigns Agent, at the person’s wish` })
      .waitFor();
  });

  test('a second window asks before it takes over, and the first one says where the work went', async () => {
    const first = await browsers.signedIn('agent');
    await first.page
      .getByText(/You are paused|Connect your phone|Your phone is/)
      .first()
      .waitFor();
    const second = await browsers.signedIn('agent');
    await second.page.getByText('You are at work in another window').waitFor();
    expect(await second.page.locator('.bar .actions').count()).toBe(0);
    await second.page.keyboard.press('Enter');
    await first.page.getByText('You went on in another window').waitFor();
    await second.page
      .getByRole('button', { name: /Ready|Connect phone/ })
      .first()
      .waitFor();
    await first.page.getByRole('button', { name: 'Take over here' }).click();
    await second.page.getByText('You went on in another window').waitFor();
  });

  test('what a supervisor wrote can be read again with the same key after it was seen', async () => {
    const { page } = await browsers.signedIn('agent', { bypassCSP: true, reducedMotion: 'reduce' });
    await page.locator('.bar .actions').waitFor();
    const supervisor = await browsers.signedIn('supervisor');
    const text = `Mind price list ${crypto.randomUUID()}`;
    await send(supervisor.page, ['POST', '/api/agent-messages'], {
      text,
      to: { agentIds: [await ownId(page)] },
    });
    const banner = page.locator('.message', { hasText: text });
    await banner.waitFor();
    await page.keyboard.press('m');
    await banner.waitFor({ state: 'detached' });
    await page.keyboard.press('m');
    const dialog = page.getByRole('dialog');
    await dialog.getByText(text).waitFor();
    expect(await dialog.getByText('new', { exact: true }).count()).toBe(0);
    expect(await accessFaults(page)).toEqual([]);
  });

  test('in Chinese, in the dark, with script, form and a callback: fits a small screen, speaks no English, shuts nobody out', async () => {
    const manager = await browsers.signedIn('manager');
    await changeCampaign(manager.page, {
      script: `# 开场\n您好，**{{first_name}}**，我是{{agent_name}}。\n${'- 请问您的屋顶是否适合安装太阳能板？\n'.repeat(20)}`,
      form: Array.from({ length: 9 }, (_, i) => ({
        key: `field_${i}`,
        label: `第 ${i} 项：这是一个很长的问题，用来检查版面`,
        type: 'text',
        isRequired: true,
      })),
    });
    const { page, complaints } = await browsers.open({
      bypassCSP: true,
      colorScheme: 'dark',
      reducedMotion: 'reduce',
    });
    await page.getByRole('button', { name: '简体中文' }).click();
    await signIn(page, 'agent2');
    // Whatever the test before has left him in: signed out, paused, waiting, or with a call in hand.
    await expect
      .poll(
        async () => {
          const isShown = (text: string) => page.getByText(text, { exact: true }).first().isVisible();
          if (await isShown('请先连接电话')) await page.keyboard.press('c');
          // An outcome is stored already: only the talk goes on.
          else if (await isShown('结果已保存。')) await page.keyboard.press('h');
          else if ((await isShown('电话已接通')) || (await isShown('您已暂停')))
            await page.keyboard.press('r');
          return await isShown('话术');
        },
        { timeout: CALL_WITHIN_MS, interval: 500 },
      )
      .toBe(true);
    await page.keyboard.press('3');
    await page.getByRole('button', { name: '明天 10:00' }).click();
    const height = await page.evaluate<number>('document.documentElement.scrollHeight');
    expect(height).toBeLessThanOrEqual(768);
    const words = await page
      .locator('.bar strong, .bar button, .choice, .callback li, .mine, .save, .side h2, .side dt, h2, label')
      .allInnerTexts();
    // People keep their names.
    const name = (await page.locator('#lead-name').textContent()) ?? '';
    expect(
      words
        .join(' ')
        .replaceAll(name, '')
        .replaceAll(/Ctrl|Berlin/g, ''),
    ).not.toMatch(/(?<!\p{L})(?:call|save|sale|your|not|time)/iu);
    expect(await accessFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('l');
    await page.keyboard.insertText('家里有一只狗');
    await page.getByRole('button', { name: '保存备注' }).waitFor();
    expect(await accessFaults(page)).toEqual([]);
    await page.keyboard.press('Control+Enter');
    await page.getByRole('listitem').filter({ hasText: '家里有一只狗' }).waitFor();
    await page.getByLabel('仅由我回拨。').check();
    await page.keyboard.press('Escape');
    await askForPause(page, '1');
    await page.keyboard.press('Control+Enter');
    await page.getByText('结果已保存。').or(page.getByText('您已暂停')).first().waitFor();
    await hangUpByKey(page, '您已暂停');
    // The day, and what supervisors wrote.
    await page
      .getByText(/^\d\d 时：通话 \d+，成交 \d+$/)
      .first()
      .waitFor();
    const day = await page.locator('section[aria-labelledby="today-title"]').innerText();
    expect(day).not.toMatch(/\p{Script=Latin}{2}/u);
    expect(await page.evaluate<number>('document.documentElement.scrollHeight')).toBeLessThanOrEqual(768);
    expect(await accessFaults(page)).toEqual([]);
    await page.keyboard.press('m');
    await page.getByText('今天没有人给您留言。').waitFor();
    expect(await accessFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: '打开' }).click();
    await page.getByRole('button', { name: '取消回拨' }).waitFor();
    expect(await accessFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('a lead is looked at first, skipped with a reason, the next one dialled while it is heard ringing, and called again', async () => {
    const manager = await browsers.signedIn('manager');
    await changeCampaign(manager.page, { dialMode: 'preview', form: [] });
    const { page } = await browsers.signedIn('agent', { bypassCSP: true, reducedMotion: 'reduce' });
    await page
      .getByText(/Connect your phone to begin|Your phone is|You are paused/)
      .first()
      .waitFor();
    if (await page.getByText('Connect your phone to begin').isVisible()) {
      await page.keyboard.press('c');
      await page.getByText('Your phone is connected').waitFor();
    }
    await page.keyboard.press('r');
    // A line that was dialled before the change may still be answered, and comes to him first.
    await expect
      .poll(
        async () => {
          if (await page.getByText('On the line', { exact: true }).isVisible()) {
            for (const key of ['2', 'Control+Enter', 'h']) await page.keyboard.press(key);
          }
          return page.getByText('Look first').isVisible();
        },
        { timeout: CALL_WITHIN_MS, interval: 500 },
      )
      .toBe(true);
    const first = await page.locator('#lead-name').textContent();
    expect(await accessFaults(page)).toEqual([]);
    await page.keyboard.press('k');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('2');
    await page.locator('#lead-name', { hasNotText: first ?? '' }).waitFor();
    // Some are busy: the next one comes by itself.
    const onTheLine = page.getByText('On the line', { exact: true });
    await expect
      .poll(
        async () => {
          if (await page.getByText('Look first').isVisible()) await page.keyboard.press('t');
          return onTheLine.isVisible();
        },
        { timeout: 60_000 },
      )
      .toBe(true);
    await page.keyboard.press('6');
    await askForPause(page, '1');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Outcome stored.').waitFor();
    await page.getByRole('button', { name: 'Hang up' }).click();
    await page.getByText('You are paused').waitFor();
    await page
      .getByRole('button', { name: /^Call .+ again$/ })
      .first()
      .click();
    await page
      .getByText(/You hear it ring|on its way/)
      .first()
      .waitFor();
    // Given up, or answered meanwhile: he ends paused, as he began.
    await expect
      .poll(
        async () => {
          const hangUp = page.getByRole('button', { name: 'Hang up' });
          if (await page.getByText('Call ended').isVisible()) {
            await page.keyboard.press('6');
            await page.getByRole('button', { name: 'Save, then pause' }).click();
          } else if (await hangUp.isEnabled({ timeout: 100 }).catch(() => false)) await hangUp.click();
          return page.getByText('You are paused').isVisible();
        },
        { timeout: 30_000 },
      )
      .toBe(true);

    // Who is away is paused before the list is empty, and told why.
    await changeCampaign(manager.page, { previewMs: 5000, previewsMissedMax: 1 });
    await page.keyboard.press('r');
    await page.getByText('Are you still there?').waitFor({ timeout: 30_000 });
    await page.locator('.state strong', { hasText: 'Previews missed' }).waitFor();
    expect(await accessFaults(page)).toEqual([]);
  });

  test('while the server is away the desk says what still works, and comes back by itself', async () => {
    const { page } = await browsers.signedIn('agent');
    await page
      .getByRole('button', { name: /Ready|Connect phone/ })
      .first()
      .waitFor();
    const watcher = await browsers.signedIn('manager');
    await watcher.page.getByText('Last calls').waitFor();
    await product.stop();
    await page.getByText('The server cannot be reached.').waitFor();
    expect(
      await page
        .getByRole('button', { name: /Ready|Connect phone/ })
        .first()
        .isDisabled(),
    ).toBe(true);
    await watcher.page.getByText(/The figures below are from \d\d:\d\d:\d\d\./).waitFor();
    await watcher.page.getByText('Not live').waitFor();
    await product.start();
    await page.getByText('The server cannot be reached.').waitFor({ state: 'detached', timeout: 60_000 });
    await watcher.page.getByText('Not live').waitFor({ state: 'detached', timeout: 60_000 });
  });
});
