import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeWith } from '../../server/test-tools.ts';
import { accessFaults, Browsers, signIn, type DemoRole } from './browser-page.ts';
import { useRunningProduct } from './running-product.ts';

/** Each page, with whom it is looked at and what shows that it is there; `open` brings up what lies over it. */
const PAGES: readonly {
  readonly path: string;
  readonly role: DemoRole;
  readonly there: string;
  readonly open?: (page: Page) => Promise<void>;
}[] = [
  { path: '/', role: 'manager', there: '.strip' },
  { path: '/campaigns', role: 'manager', there: 'tbody tr' },
  { path: '/campaigns/new', role: 'manager', there: 'form' },
  { path: '/lists', role: 'manager', there: 'tbody tr' },
  { path: '/admin/dispositions', role: 'manager', there: 'tbody tr' },
  { path: '/lists/import', role: 'manager', there: '.drop' },
  { path: '/leads', role: 'manager', there: 'tbody tr' },
  { path: '/do-not-call', role: 'officer', there: '.search' },
  {
    path: '/do-not-call',
    role: 'officer',
    there: '.search',
    open: async (page) => {
      await page.locator('.head button').click();
      await page.getByRole('dialog').waitFor();
    },
  },
  { path: '/agents', role: 'supervisor', there: 'tbody tr' },
  {
    path: '/agents',
    role: 'supervisor',
    there: 'tbody tr',
    open: async (page) => {
      await page.getByRole('button', { name: 'Help Ada', exact: true }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    path: '/agents',
    role: 'supervisor',
    there: 'tbody tr',
    open: async (page) => {
      await page.getByRole('link', { name: 'Ada', exact: true }).click();
      await page.getByRole('heading', { name: 'Help and messages' }).waitFor();
    },
  },
  { path: '/callbacks', role: 'supervisor', there: '.filter' },
  { path: '/reports', role: 'supervisor', there: '.bar' },
  { path: '/reports?report=agents', role: 'supervisor', there: 'tbody tr' },
  { path: '/reports?report=lists', role: 'supervisor', there: '.bar' },
  { path: '/reports/exports', role: 'supervisor', there: '.panel' },
  { path: '/admin/users', role: 'admin', there: 'tbody tr' },
  {
    path: '/admin/users',
    role: 'admin',
    there: 'tbody tr',
    open: async (page) => {
      await page.locator('.head button').click();
      await page.getByRole('dialog').waitFor();
    },
  },
  { path: '/admin/users/import', role: 'admin', there: '.drop' },
  { path: '/admin/pools', role: 'admin', there: 'tbody tr' },
  { path: '/admin/organization', role: 'admin', there: 'form' },
  { path: '/account', role: 'auditor', there: 'tbody tr' },
  {
    path: '/campaigns',
    role: 'auditor',
    there: 'tbody tr',
    open: async (page) => {
      await page.locator('.person-trigger').click();
      await page.getByRole('menu').waitFor();
    },
  },
  { path: '/nowhere', role: 'auditor', there: '.empty' },
  { path: '/agent', role: 'agent', there: '.idle' },
];

describeWith(['chromium'], 'every page', () => {
  const product = useRunningProduct();
  const browsers = new Browsers(product);

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`shuts nobody out and breaks no rule of the browser, ${colorScheme}`, async () => {
      const faults: string[] = [];
      for (const role of new Set(PAGES.map((page) => page.role))) {
        const { page, complaints } = await browsers.signedIn(role, {
          colorScheme,
          bypassCSP: true,
          reducedMotion: 'reduce',
        });
        for (const { path, there, open } of PAGES.filter((one) => one.role === role)) {
          await page.goto(`${product.address}${path}`);
          await page.locator(there).first().waitFor();
          await open?.(page);
          faults.push(...(await accessFaults(page)).map((fault) => `${path} (${role}): ${fault}`));
        }
        faults.push(...complaints);
      }
      expect(faults).toEqual([]);
    });
  }

  test('a lead’s page and a campaign’s settings shut nobody out either', async () => {
    const { page } = await browsers.signedIn('manager', { bypassCSP: true, reducedMotion: 'reduce' });
    await page.getByRole('link', { name: 'Settings', exact: true }).click();
    await page.getByRole('heading', { name: 'Where the leads stand' }).waitFor();
    await page.getByText('Why leads wait').waitFor();
    const faults = await accessFaults(page);
    await page.getByRole('link', { name: 'Leads', exact: true }).click();
    await page.locator('tbody a').first().click();
    await page.getByRole('heading', { name: 'History' }).waitFor();
    await page.getByText(/imported into/i).waitFor();
    expect([...faults, ...(await accessFaults(page))]).toEqual([]);
  });

  test('the sign-in page shuts nobody out', async () => {
    const { page, complaints } = await browsers.open({ bypassCSP: true, reducedMotion: 'reduce' });
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await accessFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('every page is in Chinese, and its rules of access hold there too', async () => {
    const { page } = await browsers.open({ bypassCSP: true, reducedMotion: 'reduce' });
    await page.getByRole('button', { name: '简体中文' }).click();
    await signIn(page, 'admin');
    const faults: string[] = [];
    for (const path of [
      '/',
      '/campaigns',
      '/lists',
      '/leads',
      '/do-not-call',
      '/agents',
      '/callbacks',
      '/reports',
      '/reports/exports',
      '/admin/users',
    ]) {
      await page.goto(`${product.address}${path}`);
      await page.locator('h1').waitFor();
      // The first page leads on to the campaign that runs.
      if (path === '/') await page.locator('.strip').waitFor();
      await page.locator('header.bar', { hasText: '管理' }).waitFor();
      faults.push(...(await accessFaults(page)).map((fault) => `${path}: ${fault}`));
    }
    expect(faults).toEqual([]);
  });

  test('the keyboard reaches the content first, and sees where it is', async () => {
    const { page } = await browsers.signedIn('manager');
    await page.getByText('Last calls').waitFor();
    await page.reload();
    await page.getByText('Last calls').waitFor();
    await page.keyboard.press('Tab');
    await page.locator('a.skip:focus').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('main:focus').waitFor();
    await page.keyboard.press('Tab');
    const outline = await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle');
    expect(outline).toBe('solid');
    await page.getByRole('link', { name: 'Campaigns', exact: true }).press('Enter');
    await page.getByRole('heading', { name: 'Campaigns' }).waitFor();
    await page.locator('main:focus').waitFor();
  });

  test('a desk with a call fits a small screen without scrolling', async () => {
    const { page } = await browsers.signedIn('agent2', { bypassCSP: true, reducedMotion: 'reduce' });
    await page.getByText('Connect your phone to begin').waitFor();
    await page.keyboard.press('c');
    await page.getByText('Your phone is connected').waitFor();
    await page.keyboard.press('r');
    await page.getByText('On the line', { exact: true }).waitFor({ timeout: 90_000 });
    await page.keyboard.press('3');
    const height = await page.evaluate<number>('document.documentElement.scrollHeight');
    expect(height).toBeLessThanOrEqual(768);
    expect(await accessFaults(page)).toEqual([]);
  });
});
