import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { LocaleName } from '../src/i18n/messages.ts';
import { findTool } from '../../server/test-tools.ts';
import { DEMO_PASSWORD, type RunningProduct } from './running-product.ts';

export type DemoRole = 'manager' | 'agent' | 'agent2' | 'supervisor' | 'officer' | 'auditor' | 'admin';

/** A page and everything that the browser complained about while it was shown. */
export interface WatchedPage {
  readonly page: Page;
  readonly complaints: string[];
}

/** What the browser says of a request that was refused is no fault of a page: the first look for a session is such a one. */
const EXPECTED = /status of 40[0-9]|status of 422|net::ERR_|WebSocket connection to/;

/** The small screen of an agent's desk. */
const VIEWPORT = { width: 1366, height: 768 };

export class Browsers {
  readonly #product: RunningProduct;
  readonly #sessions = new Map<string, Exclude<BrowserContextOptions['storageState'], string | undefined>>();
  #language: LocaleName = 'en';
  #browser: Browser | null = null;

  constructor(product: RunningProduct) {
    this.#product = product;
    beforeAll(async () => {
      this.#browser = await chromium.launch({
        executablePath: findTool('chromium') ?? '',
        args: ['--no-sandbox'],
      });
    });
    // Whatever a test has opened: an agent who is left behind would be at work in the next one.
    afterEach(async () => {
      for (const context of this.#browser?.contexts() ?? []) await context.close();
    });
    afterAll(() => this.#browser?.close());
  }

  /** The language of the browsers and of the people in front of them, from the next one on. */
  speak(language: LocaleName): void {
    this.#language = language;
  }

  async open(options: BrowserContextOptions = {}): Promise<WatchedPage> {
    if (!this.#browser) throw new Error('The browser is not started yet.');
    const context = await this.#browser.newContext({
      viewport: VIEWPORT,
      locale: this.#language === 'en' ? 'en-GB' : this.#language,
      ...options,
    });
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' && !EXPECTED.test(message.text())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(this.#product.address);
    return { page, complaints };
  }

  /** As somebody who has signed in; again with his session of before, as long as it holds. */
  async signedIn(role: DemoRole, options: BrowserContextOptions = {}): Promise<WatchedPage> {
    const key = `${role} ${this.#language}`;
    const session = this.#sessions.get(key);
    const watched = await this.open(session ? { ...options, storageState: session } : options);
    const { page } = watched;
    await page.locator('header.bar, input[type=password]').first().waitFor();
    if (await page.locator('header.bar').isVisible()) return watched;
    await signIn(page, role);
    await useLanguage(page, this.#language);
    const cookies = await page.context().cookies();
    this.#sessions.set(key, { cookies, origins: [] });
    return watched;
  }
}

export async function signIn(page: Page, role: DemoRole, password = DEMO_PASSWORD): Promise<void> {
  await page.getByLabel(/^(E-mail|邮箱)$/).fill(`${role}@demo.ringline`);
  await page.getByLabel(/^(Password|密码)$/).fill(password);
  await page.keyboard.press('Enter');
  if (password === DEMO_PASSWORD) await page.locator('header.bar').waitFor();
}

/** What the server answers to whoever is signed in on the page. */
export async function read<Answer>(page: Page, path: string): Promise<Answer> {
  return await page.evaluate<Answer>(`fetch(${JSON.stringify(path)}).then((answer) => answer.json())`);
}

/** Something that whoever is signed in on the page may do through a page of his own too. */
export async function send(
  page: Page,
  [method, path]: readonly ['POST' | 'PATCH' | 'PUT', string],
  body: object,
): Promise<void> {
  const { csrfToken } = await read<{ csrfToken: string }>(page, '/api/session');
  const request = {
    method,
    headers: { 'content-type': 'application/json', 'x-csrf-token': csrfToken },
    body: JSON.stringify(body),
  };
  const asked = `fetch(${JSON.stringify(path)}, ${JSON.stringify(request)})`;
  const answer = await page.evaluate<string>(
    `${asked}.then(async (answer) => (answer.ok ? '' : answer.status + ' ' + (await answer.text())))`,
  );
  if (answer !== '') throw new Error(`${method} ${path}: ${answer}`);
}

/** As the person's menu does, whose words are in the language of before. */
async function useLanguage(page: Page, locale: LocaleName): Promise<void> {
  const { locale: before } = await read<{ locale: LocaleName }>(page, '/api/session');
  if (before === locale) return;
  await send(page, ['PATCH', '/api/session'], { locale });
  await page.reload();
  await page.locator(`html[lang="${locale}"] header.bar`).waitFor();
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
  }[];
}

/** One line for each thing on the page that shuts somebody out. The context needs `bypassCSP`. */
export async function accessFaults(page: Page): Promise<string[]> {
  // Colours in the middle of a transition are nobody's colours.
  await page.evaluate(
    'Promise.all(document.getAnimations().filter((one) => one.effect.getTiming().iterations !== Infinity).map((one) => one.finished.catch(() => null))).then(() => null)',
  );
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<AxeResult>('axe.run(document, { resultTypes: ["violations"] })');
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary.split('\n')[1] ?? ''}`,
    ),
  );
}
