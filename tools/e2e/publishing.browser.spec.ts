import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { violations, violationsOfThemes } from './axe-check.js';
import { browserSuite } from './browser-suite.js';
import { laidOut } from './drawing-page.js';
import { saveScreenshot } from './open-browser.js';
import { requests } from './people.js';

/** Waits for the title of the tab: a page sets it once it has read the name of the workflow. */
const isCalled = (page: Page, title: string) => page.waitForFunction((wanted) => document.title === wanted, title);

interface Reply {
  readonly status: number;
  readonly body: { readonly version?: number; readonly code?: string; readonly outputs?: Record<string, unknown> };
}

browserSuite(
  'publishing in a browser',
  {
    withinMs: 120_000,
    prepare: async ({ server }) => {
      await requests(server, undefined, 'POST', '/api/workflows', { document: laidOut, slug: 'greeting' });
    },
  },
  (fixture) => {
    let key = '';
    const open = (path: string) => fixture.open(path);
    const call = async (inputs: object = { name: 'Ada' }): Promise<Reply> => {
      const reply = await fetch(`${fixture.server.address}/v1/workflows/greeting`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify(inputs),
      });
      return { status: reply.status, body: (await reply.json()) as Reply['body'] };
    };

    /** Counts the clicks on the page from now on, even over a navigation. */
    const countClicks = async (page: Page): Promise<() => Promise<number>> => {
      await page.evaluate(() => {
        Object.assign(window, { clicks: 0 });
        document.addEventListener(
          'pointerdown',
          () => Object.assign(window, { clicks: Number(Reflect.get(window, 'clicks')) + 1 }),
          true,
        );
      });
      return () => page.evaluate(() => Number(Reflect.get(window, 'clicks')));
    };

    /** Writes another template into the prompt, and waits until it is saved. */
    const write = async (page: Page, template: string): Promise<void> => {
      await page.locator('article', { hasText: 'Prompt' }).first().click();
      await page.locator('.cm-content').first().click();
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.insertText(template);
      await page.locator('.workflow_save-mark').getByText('Saved', { exact: true }).waitFor();
    };

    it('publishes a new workflow under the name that it has by then', async () => {
      const page = await open('/');
      await page.getByRole('button', { name: 'New workflow', exact: true }).click();
      await page.getByRole('textbox', { name: 'Workflow name' }).fill('Ask Ada');
      await page.getByRole('button', { name: 'Publish version 1' }).click();
      const dialog = page.getByRole('dialog');
      expect(await dialog.getByLabel('Slug').inputValue()).toBe('ask-ada');
      await dialog.getByRole('button', { name: 'Publish version 1' }).click();
      await page.getByRole('dialog', { name: 'Version 1 is live' }).getByText('/v1/workflows/ask-ada').waitFor();
      expect(new URL(page.url()).pathname).toBe('/workflows/ask-ada');
      await page.reload();
      await page.getByRole('button', { name: /^Live: version 1/ }).waitFor();
    });

    it('publishes a first version without a question if no data leaves, and stores a test for the next version', async () => {
      const page = await open('/workflows/greeting');
      await page.getByRole('button', { name: 'Publish version 1' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('No tests').waitFor();
      const publish = dialog.getByRole('button', { name: 'Publish version 1' });
      await dialog.getByText('nothing leaves this machine').waitFor();
      expect(await dialog.getByLabel('Accept these data flows').count()).toBe(0);
      await dialog.getByLabel(/^Release note/).fill('Greets');
      await publish.click();
      await page.getByRole('dialog', { name: 'Version 1 is live' }).waitFor();
      await page.getByRole('button', { name: 'Close', exact: true }).click();
      await page.getByRole('button', { name: /^Live: version 1/ }).waitFor();

      await open('/workflows/greeting/tests');
      await page.getByRole('button', { name: 'New test' }).click();
      await page.getByLabel('Name', { exact: true }).fill('names the guest');
      await page.getByLabel('name', { exact: true }).last().fill('Ada');
      await page.getByLabel('Contains each of these lines').fill('Hello');
      await page.getByRole('button', { name: 'Save test' }).click();
      await page.getByRole('button', { name: 'Run names the guest' }).click();
      await page.getByText('1 passed').waitFor();
    });

    it('shows a change word by word, blocks it while a test fails, and then publishes it', async () => {
      const page = await open('/workflows/greeting');
      await write(page, 'Bye {{ name }}!');
      const dialog = page.getByRole('dialog');
      await page.getByRole('button', { name: 'Publish version 2' }).click();
      await dialog.getByRole('button', { name: 'Run tests' }).click();
      await dialog.getByText(/does not contain 'Hello'/).waitFor();
      expect(await dialog.getByRole('button', { name: 'Publish version 2' }).isDisabled()).toBe(true);
      await page.keyboard.press('Escape');

      await write(page, 'Hello dear {{ name }}!');
      await page.getByRole('button', { name: 'Publish version 2' }).click();
      await dialog.locator('ins', { hasText: 'dear' }).waitFor();
      expect(await dialog.locator('del').count()).toBe(0);
      await saveScreenshot(page, 'publish');
      await dialog.getByLabel(/^Release note/).fill('Politer');
      await dialog.getByRole('button', { name: 'Publish version 2' }).click();
      await page.getByRole('dialog', { name: 'Version 2 is live' }).waitFor();
    });

    it('creates a key beside the code, four clicks from the canvas, which calls the workflow', async () => {
      const page = await open('/workflows/greeting');
      const clicks = await countClicks(page);
      await page.getByRole('button', { name: /^Live: version 2/ }).click();
      await page.getByRole('menuitem', { name: 'API and code' }).click();
      await page.getByRole('region', { name: 'Code' }).getByText('curl http').waitFor();
      await page.getByRole('button', { name: 'Create key' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click();
      const secret = page.getByRole('dialog').locator('.copy-text code');
      await secret.waitFor();
      expect(await clicks()).toBeLessThanOrEqual(4);
      key = await secret.innerText();
      await page.getByRole('button', { name: 'Done' }).click();
      expect(await page.content()).not.toContain(key);
      expect(await call()).toMatchObject({
        status: 200,
        body: { version: 2, outputs: { greeting: 'Hello dear Ada!' } },
      });

      await open('/workflows/greeting/api');
      await page.getByRole('table').first().getByText('Text').waitFor();
      await page.getByLabel('name', { exact: true }).fill('Grace');
      await page.getByLabel('API key').fill(key);
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByRole('region', { name: 'Reply' }).getByText('Hello dear Grace!').first().waitFor();
      await page.getByRole('tab', { name: 'TypeScript client' }).click();
      await page.getByText("heddle.POST('/v1/workflows/greeting'").waitFor();
    });

    it('rolls back in two clicks from the canvas, and returns in two', async () => {
      const page = await open('/workflows/greeting');
      const clicks = await countClicks(page);
      await page.getByRole('button', { name: /^Live: version 2/ }).click();
      await page.getByRole('menuitem', { name: 'Roll back to version 1' }).click();
      await page.getByRole('status').getByText('Version 1 is live').waitFor();
      expect(await clicks()).toBe(2);
      expect(await call()).toMatchObject({ body: { version: 1, outputs: { greeting: 'Hello Ada!' } } });
      await page.getByRole('button', { name: /^Live: version 1/ }).click();
      await page.getByRole('menuitem', { name: 'Make version 2 live' }).click();
      await page.getByRole('status').getByText('Version 2 is live').waitFor();
      expect(await clicks()).toBe(4);
      expect(await call()).toMatchObject({ body: { version: 2 } });
    });

    it('shows two versions on the canvas, and rolls back in one click', async () => {
      const page = await open('/workflows/greeting/versions?from=1&to=2');
      await page.locator('article[data-diff="changed"]').waitFor();
      await page.getByRole('complementary', { name: 'Differences' }).locator('ins').first().waitFor();
      await saveScreenshot(page, 'versions');
      await page.getByRole('button', { name: 'More actions for version 1' }).click();
      await page.getByRole('menuitem', { name: 'Roll back to version 1' }).waitFor();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Roll back to version 1' }).click();
      await page.getByRole('status').getByText('Version 1 is live').waitFor();
      expect(await call()).toMatchObject({ body: { version: 1, outputs: { greeting: 'Hello Ada!' } } });
    });

    it('gives a version to a share of the callers first, and takes it back in one click', async () => {
      const page = await open('/workflows/greeting');
      await write(page, 'Hello, dear {{ name }}!');
      await page.getByRole('button', { name: 'Publish version 3' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(/^A share of callers first/).check();
      await dialog.getByLabel('Share of callers, in percent').fill('100');
      await dialog.getByLabel(/^Stop above this mean time/).fill('60000');
      await dialog.getByRole('button', { name: 'Publish version 3' }).click();
      await page.getByRole('dialog', { name: 'Version 3 goes to 100% of callers' }).waitFor();
      expect(await call()).toMatchObject({ body: { version: 3, outputs: { greeting: 'Hello, dear Ada!' } } });
      await page.getByRole('link', { name: 'View versions' }).click();
      const list = page.getByRole('complementary', { name: 'Versions' });
      const canary = list.getByRole('region', { name: 'Canary' });
      await canary.getByText(/^1 run has ended|^No run of the canary has ended yet/).waitFor();
      await canary.getByRole('button', { name: 'Figures and shares' }).click();
      const figures = page.getByRole('dialog', { name: 'A/B tests and canaries' });
      await figures.getByText(/Version 3\. Failed runs/).waitFor();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('link', { name: 'API', exact: true }).click();
      await page.getByRole('link', { name: 'Live: version 1 · 100% get version 3' }).click();
      await list.getByRole('button', { name: 'Stop canary' }).click();
      await canary.getByText('Stopped: all callers got the control again.').waitFor();
      expect(await call()).toMatchObject({ body: { version: 1 } });
    });

    it('makes an earlier version the draft again', async () => {
      const page = await open('/workflows/greeting/versions?to=2');
      await page.getByRole('button', { name: 'More actions for version 2' }).click();
      await page.getByRole('menuitem', { name: 'Replace the draft' }).click();
      await page.getByRole('button', { name: 'Replace the draft' }).click();
      await page.getByRole('status').getByText('The draft is now version 2').waitFor();
      await open('/workflows/greeting');
      await page.locator('article', { hasText: 'Hello dear {{ name }}!' }).waitFor();
    });

    it('stops the workflow at once, says so on every page, and continues after the release', async () => {
      const page = await open('/settings/kill-switches');
      await page.getByLabel('Workflow', { exact: true }).selectOption({ label: 'Greeting' });
      await page.getByLabel('Reason').fill('It greets strangers.');
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await page.getByText(/^The kill switch is on/).waitFor();
      expect((await call()).body.code).toBe('kill_switch');
      await open('/');
      await page.getByRole('status').getByText('It greets strangers.').waitFor();
      await page.getByRole('link', { name: 'View and release' }).click();
      await page.getByRole('button', { name: 'Release The workflow Greeting' }).click();
      await page.getByText('No kill switch is on.').waitFor();
      expect((await call()).status).toBe(200);
    });

    it('has recorded all of it in the audit log, whose chain is intact', async () => {
      const page = await open('/settings/audit');
      await page.getByRole('button', { name: 'Verify chain' }).click();
      await page.getByText(/events are intact/).waitFor();
      await page.getByRole('group', { name: 'Filters' }).getByLabel('Event').selectOption('stop');
      const rows = page.getByRole('table').getByRole('row');
      await rows.nth(2).waitFor();
      await rows.nth(1).getByText('workflow Greeting').waitFor();
      expect(await rows.nth(1).innerText()).toContain('released');
      expect(await rows.nth(2).innerText()).toContain('It greets strangers.');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Export CSV' }).click(),
      ]);
      expect(download.suggestedFilename()).toBe('audit.csv');
    });

    it('compares versions without accessibility violations, and not wider than the screen', async () => {
      const { page } = fixture;
      const pages = ['/workflows/greeting/versions?from=1&to=2', '/workflows/greeting/versions?to=1'];
      const problems: string[] = [];
      for (const path of pages) {
        await open(path);
        await page.locator('main h1, main h2').first().waitFor();
        await page.waitForLoadState('networkidle');
        problems.push(...(await violationsOfThemes(page)).map((violation) => `${path} ${violation}`));
        const excess = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        if (excess > 0) problems.push(`${path} is ${excess} px too wide`);
        if (await page.evaluate(() => document.documentElement.scrollHeight > innerHeight))
          problems.push(`${path} scrolls as a whole, beyond its frame`);
      }
      expect(problems).toEqual([]);
    });

    it('shows the open page in the title of the tab, and keeps the page links of a workflow on one line on a phone', async () => {
      const page = await open('/workflows/greeting/tests');
      await page.getByRole('heading', { name: 'Greeting', level: 1 }).waitFor();
      await isCalled(page, 'Greeting · Tests · Heddle');
      await page.setViewportSize({ width: 390, height: 844 });
      const heights = await page
        .getByRole('navigation', { name: 'Workflow pages' })
        .getByRole('link')
        .evaluateAll((links) => links.map((link) => link.getClientRects()[0]?.height ?? 0));
      expect(heights).toHaveLength(5);
      for (const height of heights) expect(height).toBeLessThan(44);
      await page.getByRole('link', { name: 'Canvas' }).click();
      await page.locator('.react-flow').waitFor();
      await isCalled(page, 'Greeting · Heddle');
      await open('/settings/keys');
      await page.getByRole('heading', { name: 'API keys' }).waitFor();
      await isCalled(page, 'API keys · Settings · Heddle');
      await page.setViewportSize({ width: 1440, height: 900 });
    });
  },
);
