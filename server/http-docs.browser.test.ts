import { chromium, type Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { useTestHttp } from './test-http.ts';
import { describeWith, findTool } from './test-tools.ts';

/** What the page was not allowed to do, and what it could not load. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return complaints;
}

describeWith(['chromium'], 'the page of the API', () => {
  const http = useTestHttp();

  test('shows the routes under the rules for what a page may load', async () => {
    const user = await http().signedIn('manager');
    const browser = await chromium.launch({
      executablePath: findTool('chromium') ?? '',
      args: ['--no-sandbox'],
    });
    try {
      const context = await browser.newContext({ extraHTTPHeaders: { cookie: user.cookie } });
      const page = await context.newPage();
      const complaints = complaintsOf(page);
      await page.goto(`${http().address}/api/docs`);
      await page.getByText('/api/campaigns/{campaignId}/start').waitFor();
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
