import { beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { violations } from './axe-check.js';
import { eventually } from './eventually.js';
import { startHostPages, type HostPages } from './host-pages.js';
import { saveScreenshot } from './open-browser.js';
import { shareSuite } from './share-fixture.js';

let shop: HostPages;
let stranger: HostPages;

shareSuite(
  'a share inside pages of others',
  {
    prepare: async ({ server }) => {
      shop = await startHostPages(server.address);
      stranger = await startHostPages(server.address);
    },
    finish: async () => {
      await Promise.all([shop.stop(), stranger.stop()]);
    },
  },
  (fixture, browser) => {
    let page: Page;
    beforeEach(() => {
      ({ page } = browser);
    });

    const script = (token: string, more = ''): string =>
      `<script src="${fixture.server.address}/embed.js" data-token="${token}" ${more} async></script>`;
    const frame = () => page.frameLocator('iframe');

    it('is a bubble that opens a chat, by mouse and by keys, and closes again', async () => {
      const { token } = await fixture.share('talk', { origins: [shop.origin], greeting: 'How can we help?' });
      const received: unknown[] = [];
      await page.exposeFunction('receive', (data: unknown) => received.push(data));
      await page.addInitScript(() => {
        // Every message to the surrounding page and to the frame.
        window.addEventListener('message', (event) => {
          (window as unknown as { receive(data: unknown): void }).receive(event.data);
        });
      });
      await page.goto(
        shop.put('/bubble', script(token, 'data-theme="dark" data-label="Ask us" data-accent="#0f766e"')),
      );
      const bubble = page.getByRole('button', { name: 'Ask us', exact: true });
      await bubble.waitFor();
      expect(await page.locator('iframe').getAttribute('src')).toBeNull();
      await bubble.focus();
      await page.keyboard.press('Enter');
      await frame().getByText('How can we help?').waitFor();
      await frame().getByLabel('Message').fill('a secret question');
      await frame().getByLabel('Message').press('Enter');
      await frame().getByRole('cell', { name: '27', exact: true }).waitFor();
      await saveScreenshot(page, 'share-embed-dark');
      await frame().getByLabel('Message').press('Escape');
      await page.locator('iframe').waitFor({ state: 'hidden' });
      await bubble.click();
      await frame().getByText('a secret question').first().waitFor();
      await frame().getByRole('button', { name: 'Close' }).click();
      await page.locator('iframe').waitFor({ state: 'hidden' });
      expect(JSON.stringify(received)).not.toContain('secret');
      expect(new Set(received.map((data) => JSON.stringify(data)))).toEqual(
        new Set(['ready', 'open', 'close'].map((heddle) => JSON.stringify({ heddle }))),
      );
      await page.setViewportSize({ width: 390, height: 844 });
      await bubble.click();
      await frame().getByRole('cell', { name: '27', exact: true }).waitFor();
      await saveScreenshot(page, 'share-embed-390');
    });

    it('works in a plain frame, where a form is as high as its content', async () => {
      const chat = await fixture.share('talk', { origins: [shop.origin] });
      await page.goto(
        shop.put('/plain', `<iframe title="Chat" width="400" height="500" src="${chat.url}?embed=1"></iframe>`),
      );
      await frame().getByLabel('Message').fill('hello');
      await frame().getByLabel('Message').press('Enter');
      await frame().getByText('You said hello').waitFor();
      expect(await violations(page)).toEqual([]);
      const form = await fixture.share('report', { origins: [shop.origin] });
      await page.goto(shop.put('/inline', script(form.token, 'data-position="inline" data-theme="light"')));
      await frame().getByLabel('Topic').waitFor();
      await eventually('frame as high as its form', async () => {
        const box = await page.locator('iframe').boundingBox();
        return (box?.height ?? 0) > 800 ? true : undefined;
      });
      await frame().getByRole('button', { name: 'Run', exact: true }).waitFor();
      await saveScreenshot(page, 'share-embed-inline');
    });

    it('shows nothing in pages from origins that are not on its list', async () => {
      browser.watched.forgive(/403|frame-ancestors|refused|X-Frame-Options|Failed to load/i);
      const { token, url } = await fixture.share('talk', { origins: [shop.origin], greeting: 'Only for the shop' });
      const none = await fixture.share('talk', { greeting: 'Only for the shop' });
      for (const [index, address] of [`${url}?embed=1`, `${none.url}?embed=1`].entries()) {
        const host = index === 0 ? stranger : shop;
        for (const policy of ['', 'referrerpolicy="no-referrer"']) {
          await page.goto(host.put('/frame', `<iframe title="Chat" ${policy} src="${address}"></iframe>`));
          await page.waitForLoadState('networkidle');
          for (const inner of page.frames()) expect(await inner.content()).not.toContain('Only for the shop');
        }
      }
      await page.goto(stranger.put('/bubble', script(token, 'data-open="true"')));
      await page.waitForLoadState('networkidle');
      for (const inner of page.frames()) expect(await inner.content()).not.toContain('Only for the shop');
      await page.goto(shop.put('/editor', `<iframe title="Editor" src="${fixture.server.address}/"></iframe>`));
      await page.waitForLoadState('networkidle');
      for (const inner of page.frames()) expect(await inner.content()).not.toContain('Heddle');
    });

    it('lets no page of another origin send it messages, or call the server with its token', async () => {
      const { token } = await fixture.share('talk', { origins: [shop.origin] });
      await page.goto(shop.put('/bubble', script(token, 'data-open="true"')));
      await frame().getByLabel('Message').waitFor();
      await page.evaluate(() => {
        for (const message of [{ heddle: 'close' }, { heddle: 'height', height: 5 }]) window.postMessage(message, '*');
      });
      await frame().getByLabel('Message').fill('still here');
      expect(await page.locator('iframe').isVisible()).toBe(true);
      browser.watched.forgive(/content policy|Content Security Policy|Fetch API|Failed to fetch/i);
      const reached = await page.evaluate(
        (address) =>
          fetch(address).then(
            () => true,
            () => false,
          ),
        `${fixture.server.address}/v1/share/${token}`,
      );
      expect(reached).toBe(false);
    });
  },
);
