import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { violations } from './axe-check.js';
import { browserSuite } from './browser-suite.js';
import { greeting } from './documents.js';
import { motions } from './motion-check.js';
import { saveScreenshot } from './open-browser.js';
import { callJson } from './server-calls.js';

let key = '';

browserSuite(
  'the page of a published workflow, in a browser',
  {
    withinMs: 120_000,
    prepare: async ({ server }) => {
      await callJson(server, 'POST', '/api/workflows', { document: greeting, slug: 'greeting' });
      await callJson(server, 'POST', '/api/workflows/greeting/publish', { acceptDataMap: true });
      key = String((await callJson(server, 'POST', '/api/keys', { name: 'docs' }))['secret']);
    },
  },
  (fixture) => {
    const open = async (): Promise<Page> => {
      await fixture.page.goto(`${fixture.server.address}/v1/workflows/greeting/docs`);
      await fixture.page.getByRole('button', { name: 'Send' }).waitFor();
      return fixture.page;
    };
    const reply = (page: Page) => page.getByRole('region', { name: 'Reply', exact: true });

    it('is found from the list and from the editor', async () => {
      const { page } = fixture;
      await page.goto(`${fixture.server.address}/v1/docs`);
      await page.getByRole('link', { name: 'Greeting' }).click();
      await page.getByRole('heading', { name: 'Greeting', level: 1 }).waitFor();
      await page.goto(`${fixture.server.address}/workflows/greeting/api`);
      const link = page.getByRole('link', { name: 'Documentation for callers' });
      expect(await link.getAttribute('href')).toBe('/v1/workflows/greeting/docs');
    });

    it('calls the workflow as a stream, at once and asynchronously, and shows status, events and results', async () => {
      const page = await open();
      await page.getByLabel('name', { exact: false }).first().fill('Ada');
      await page.getByRole('button', { name: 'Send' }).click();
      await reply(page).getByText('200 OK').waitFor();
      await reply(page).getByRole('list', { name: 'Events' }).getByText('result', { exact: true }).waitFor();
      await reply(page).getByLabel('Reply as JSON').getByText('Hello Ada!').waitFor();
      await page.getByLabel('It answers').selectOption('async');
      await page.getByRole('button', { name: 'Send' }).click();
      await reply(page).getByText(/^202/).waitFor();
      await reply(page)
        .getByText(/^\/v1\/runs\//)
        .waitFor();
      await page.getByLabel('JSON', { exact: true }).check();
      await page.getByLabel('Inputs as JSON').fill('{"name":"Grace"}');
      await page.getByLabel('It answers').selectOption('plain');
      await page.getByRole('button', { name: 'Send' }).click();
      await reply(page).getByLabel('Reply as JSON').getByText('Hello Grace!').waitFor();
    });

    it('shows an error reply, and keeps an API key only in the page', async () => {
      const page = await open();
      await page.getByLabel('name', { exact: false }).first().fill('Ada');
      await page.getByLabel('It answers').selectOption('plain');
      await page.getByLabel('API key').fill('hk_wrong');
      fixture.watched.forgive(/status of 4\d\d/);
      await page.getByRole('button', { name: 'Send' }).click();
      await reply(page).getByText(/^401/).waitFor();
      await reply(page).getByText('"code": "unauthorized"').waitFor();
      await page.getByLabel('API key').fill(key);
      await page.getByRole('button', { name: 'Send' }).click();
      await reply(page).getByText('200 OK').waitFor();
      const stored = await page.evaluate(() =>
        JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie]),
      );
      expect(stored).not.toContain(key);
      expect(page.url()).not.toContain(key);
      await page.reload();
      expect(await page.getByLabel('API key').inputValue()).toBe('');
    });

    it.each(['light', 'dark'] as const)('is accessible and fits narrow screens, in %s', async (colorScheme) => {
      await fixture.page.emulateMedia({ colorScheme });
      const page = await open();
      expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe(colorScheme);
      await page.getByText('Python', { exact: true }).click();
      expect([await violations(page), await motions(page)]).toEqual([[], []]);
      await saveScreenshot(page, `api-docs-${colorScheme}`);
      for (const width of [720, 390]) {
        await page.setViewportSize({ width, height: 900 });
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
        // The form takes the width of the page instead of a narrow column beside the text.
        const tried = await page.locator('.try').boundingBox();
        expect(tried?.width).toBeGreaterThan(width * 0.8);
      }
    });
  },
);
