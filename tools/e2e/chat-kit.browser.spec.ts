import { expect, it } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { violations } from './axe-check.js';
import { browserSuite } from './browser-suite.js';
import { buildChatPage, chatKey, startChatPage, type ChatPage } from './chat-page.js';
import { untilCount } from './eventually.js';
import { saveScreenshot } from './open-browser.js';
import { callJson } from './server-calls.js';
import { desk } from './share-documents.js';

const pages: ChatPage[] = [];

browserSuite(
  'the chat kit on another site',
  {
    withinMs: 180_000,
    prepare: async ({ server }) => {
      await callJson(server, 'POST', '/api/workflows', { document: desk, slug: 'desk' });
      await callJson(server, 'POST', '/api/workflows/desk/publish', { acceptDataMap: true });
      const folder = await buildChatPage(server);
      const key = await chatKey(server);
      for (const user of ['ann', 'bob'])
        pages.push(await startChatPage(folder, server, { workflow: 'desk', key, user }));
    },
    finish: async () => pages.forEach((page) => page.stop()),
  },
  (fixture) => {
    const ofUser = (index: number): string => pages[index]?.address ?? '';
    const said = (where: Page, text: string): Locator => where.locator('.chat-answer').getByText(text);
    const ask = async (page: Page, text: string): Promise<void> => {
      await page.getByLabel('Message').fill(text);
      await page.keyboard.press('Enter');
    };

    it('answers with sources, takes a rating, and continues after a reload and in another tab', async () => {
      const { page } = fixture;
      await page.goto(ofUser(0));
      await page.getByText('How can we help?').waitFor();
      await ask(page, 'When is payday?');
      const answer = page.locator('.chat-answer').last();
      await answer.getByText('You said When is payday?').waitFor();
      await answer.getByRole('button', { name: 'Source 1: Handbook' }).click();
      await answer.locator('mark', { hasText: 'Salaries are paid on the 27th of each month.' }).waitFor();
      await page.getByRole('button', { name: 'Good answer' }).click();
      await page.locator('[aria-pressed="true"]').waitFor();
      expect(await violations(page)).toEqual([]);
      await saveScreenshot(page, 'chat-kit-1440');
      // The chat kit does not change the styles of the page.
      const heading = await page.locator('h1').evaluate((element) => {
        const { fontSize, margin } = getComputedStyle(element);
        return [fontSize, margin];
      });
      expect(heading).toEqual(['20px', '12px 20px']);
      await page.reload();
      await said(page, 'You said When is payday?').waitFor();
      const other = await page.context().newPage();
      await other.goto(ofUser(0));
      await said(other, 'You said When is payday?').waitFor();
      await ask(other, 'And in May?');
      await said(other, 'You said And in May?').waitFor();
      await untilCount(other.locator('.chat-turn'), 2);
      const { threads } = await callJson(fixture.server, 'GET', '/api/conversations?subject=end-user:ann').then(
        ({ conversations }) => ({ threads: conversations }),
      );
      expect(threads).toMatchObject([{ turns: 4 }]);
      await other.close();
    });

    it('shows the user the question of a run, and continues with the answer', async () => {
      const { page } = fixture;
      await page.goto(ofUser(0));
      await ask(page, 'Ask me');
      await page.locator('.question-form').getByText('May it go out?').waitFor();
      await saveScreenshot(page, 'chat-kit-question-1440');
      expect(await violations(page)).toEqual([]);
      await page.locator('.question-form').getByRole('button', { name: 'Approve' }).click();
      await said(page, 'You said Ask me').waitFor();
      await page.getByRole('button', { name: 'Send', exact: true }).waitFor();
      await untilCount(page.locator('.question-form'), 0);
    });

    it('gives no access to data of another user, or to another path of Heddle', async () => {
      const { page } = fixture;
      await page.goto(ofUser(0));
      await ask(page, 'A secret of Ann');
      await said(page, 'You said A secret of Ann').waitFor();
      await page.getByRole('button', { name: 'Send', exact: true }).waitFor();
      const kept = await page.evaluate(() => localStorage.getItem('heddle thread desk') ?? '');
      const { page: bob, ...watched } = await fixture.another();
      watched.forgive(/404/);
      await bob.goto(ofUser(1));
      await bob.evaluate((thread) => localStorage.setItem('heddle thread desk', thread), kept);
      await bob.reload();
      await bob.getByText('How can we help?').waitFor();
      await ask(bob, 'Mine');
      await said(bob, 'You said Mine').waitFor();
      expect(await bob.locator('body').innerText()).not.toContain('A secret of Ann');
      for (const path of [
        '/api/keys',
        '/api/human-inputs',
        '/api/human-inputs?run=',
        '/v1/threads',
        '/v1/workflows/other',
        '/v1/runs/../../api/keys',
      ]) {
        const reply = await fetch(`${ofUser(1)}/heddle${path}`);
        expect([path, reply.status]).toEqual([path, 404]);
      }
    });
  },
);
