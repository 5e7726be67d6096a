import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { browserSuite } from './browser-suite.js';
import { greeting } from './documents.js';
import { callJson } from './server-calls.js';

/** A code node, whose editor has its own styles. */
const coded = {
  ...greeting,
  name: 'Coded',
  nodes: {
    ...greeting.nodes,
    code: { type: 'code', version: 1, config: { code: 'return { value: 1 };' } },
  },
};

let runId = '';

browserSuite(
  'the content policy, in a browser',
  {
    withinMs: 120_000,
    prepare: async ({ server }) => {
      await callJson(server, 'POST', '/api/workflows', { document: greeting, slug: 'greeting' });
      await callJson(server, 'POST', '/api/workflows', { document: coded, slug: 'coded' });
      await callJson(server, 'POST', '/api/workflows/greeting/publish', { acceptDataMap: true });
      const run = await callJson(server, 'POST', '/api/workflows/greeting/runs?wait=1', { inputs: { name: 'Ada' } });
      runId = String(run['runId']);
    },
  },
  (fixture) => {
    const open = async (path: string): Promise<Page> => {
      await fixture.page.goto(`${fixture.server.address}${path}`);
      await fixture.page.locator('main, h1').first().waitFor();
      await fixture.page.waitForLoadState('networkidle');
      return fixture.page;
    };

    it('is strict: a page may contain neither inline scripts nor inline styles', async () => {
      const { headers } = await fetch(`${fixture.server.address}/`, { headers: { accept: 'text/html' } });
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).not.toMatch(/unsafe|nonce|sha256|\*/);
      const page = await open('/');
      const refused = await page.evaluate(async () => {
        const seen: string[] = [];
        document.addEventListener('securitypolicyviolation', (event) => seen.push(event.effectiveDirective));
        document.body.append(Object.assign(document.createElement('style'), { textContent: 'p{}' }));
        document.body.append(Object.assign(document.createElement('script'), { textContent: '1' }));
        document.body.insertAdjacentHTML('beforeend', '<p style="color:red" onclick="1">x</p>');
        await new Promise((resolve) => setTimeout(resolve, 0));
        while (seen.length < 4) await new Promise((resolve) => setTimeout(resolve, 10));
        return seen.sort();
      });
      expect(refused).toEqual(['script-src-attr', 'script-src-elem', 'style-src-attr', 'style-src-elem']);
      fixture.watched.forgive(/content policy|Content Security Policy/);
    });

    it('allows everything on the page of a run and on the canvas', async () => {
      await open(`/runs/${runId}`);
      const page = await open(`/workflows/greeting?run=${runId}`);
      await page.locator('article').first().click();
      await page.getByRole('button', { name: 'Publish version 2' }).click();
      await page.getByRole('dialog').waitFor();
      expect(fixture.watched.problems()).toEqual([]);
    });

    it('allows the text editor, which keeps its style', async () => {
      const page = await open('/workflows/coded');
      await page.locator('article', { hasText: 'Code' }).first().click();
      const editor = page.locator('.cm-content').first();
      await editor.click();
      await page.keyboard.type(' ');
      expect(await editor.evaluate((element) => getComputedStyle(element).whiteSpace)).toMatch(/pre-wrap|break-spaces/);
      expect(
        await page
          .locator('.cm-scroller')
          .first()
          .evaluate((e) => getComputedStyle(e).display),
      ).toBe('flex');
      expect(await page.locator('style').count()).toBe(0);
      expect(fixture.watched.problems()).toEqual([]);
    });

    it('allows menus and palettes', async () => {
      const page = await open('/');
      await page.getByRole('button', { name: 'More actions for Greeting', exact: true }).click();
      await page.getByRole('menuitem').first().waitFor();
      await page.keyboard.press('Escape');
      await open('/workflows/greeting');
      await page.locator('article').first().waitFor();
      await page.keyboard.press('ControlOrMeta+k');
      await page.getByRole('dialog').waitFor();
      expect(fixture.watched.problems()).toEqual([]);
    });
  },
);
