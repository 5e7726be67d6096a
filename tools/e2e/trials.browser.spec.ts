import { beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { violations } from './axe-check.js';
import { browserSuite } from './browser-suite.js';
import { eventually } from './eventually.js';
import { chain, deciding, liveNodes } from './live-documents.js';
import { saveScreenshot } from './open-browser.js';
import { card, runPage } from './run-page.js';
import { post, runOf, untilStatus } from './server-calls.js';

browserSuite(
  'test runs in a browser',
  {
    environment: { HEDDLE_NODES: liveNodes },
    prepare: async ({ server }) => {
      for (const [slug, document] of [
        ['chain', chain],
        ['deciding', deciding],
      ] as const)
        expect((await post(server, '/api/workflows', { slug, document })).status).toBe(201);
    },
  },
  (fixture) => {
    let page: Page;
    beforeEach(() => {
      page = fixture.page;
    });
    const { runIn, begin, began, seenEnded, choose, command } = runPage(
      () => fixture.server.address,
      () => page,
    );

    it('pauses at a breakpoint, steps to the next node, and continues', async () => {
      await page.goto(`${fixture.server.address}/workflows/chain`);
      await choose('Fragile');
      await page.keyboard.press('b');
      await card(page, 'Fragile').getByText('Breakpoint').waitFor({ state: 'attached' });
      await command('Clear selection');
      await page.getByRole('textbox', { name: /^name\b/ }).fill('Ada');
      const runId = await begin();
      await card(page, 'Fragile').getByText('At a breakpoint').first().waitFor();
      await saveScreenshot(page, 'live-breakpoint');
      await card(page, 'Fragile').getByRole('button', { name: 'Step' }).click();
      await eventually('next pause', async () => {
        const { nodes } = await runOf(fixture.server, runId);
        return nodes['second']?.status === 'done' && nodes['third']?.status === 'suspended' ? true : undefined;
      });
      await page.getByRole('button', { name: 'Continue' }).first().click();
      expect((await untilStatus(fixture.server, runId)).outputs['text']).toBe('third whole first Ada');
      await command('Remove all pins');
      await eventually('no badge', async () =>
        (await card(page, 'Fragile').getByText('Breakpoint').count()) === 0 ? true : undefined,
      );
    });

    it('uses a pinned output in test runs, and says so', async () => {
      const first = await runIn('chain', 'name', 'Bea');
      await untilStatus(fixture.server, first);
      await seenEnded();
      await choose('Fragile');
      await page.keyboard.press('p');
      await card(page, 'Fragile').getByText('Pinned output').waitFor({ state: 'attached' });
      await page.getByRole('group', { name: 'Panel' }).getByRole('button', { name: 'Run' }).click();
      await page.getByText('Test run with 1 pinned output').waitFor();
      await page.getByRole('textbox', { name: /^name\b/ }).fill('break');
      const second = await begin();
      const run = await untilStatus(fixture.server, second);
      expect([run.status, run.outputs['text'], run.nodes['second']?.status]).toEqual([
        'done',
        'third whole first Bea',
        'cached',
      ]);
      await page.getByLabel(/Test run with/).uncheck();
      const third = await begin();
      expect((await untilStatus(fixture.server, third)).status).toBe('failed');
      await command('Remove all pins');
    });

    it('runs from a node on, reuses everything before it, and continues from an edited output', async () => {
      const first = await runIn('chain', 'name', 'Cleo');
      await untilStatus(fixture.server, first);
      await seenEnded();
      await choose('Fragile');
      await page.keyboard.press('r');
      const second = await began(first);
      const again = await untilStatus(fixture.server, second);
      expect([again.nodes['first']?.status, again.nodes['second']?.status]).toEqual(['cached', 'done']);
      await eventually('word', async () =>
        (await card(page, 'Input').getByText('Reused').count()) > 0 ? true : undefined,
      );
      await seenEnded();
      await choose('Fragile');
      await page.keyboard.press('e');
      const dialog = page.getByRole('dialog', { name: 'Edit output' });
      await dialog.getByRole('textbox', { name: 'value' }).fill('edited by hand');
      await dialog.getByRole('button', { name: 'Continue from here' }).click();
      const third = await began(second);
      expect((await untilStatus(fixture.server, third)).outputs['text']).toBe('third edited by hand');
    });

    it('resumes from the failed node after its input was corrected, and offers the node’s menu', async () => {
      const first = await runIn('chain', 'name', 'break');
      expect((await untilStatus(fixture.server, first)).status).toBe('failed');
      await page.getByRole('button', { name: 'Retry as it was', exact: true }).click();
      const second = await began(first);
      const resumed = await untilStatus(fixture.server, second);
      expect([resumed.status, resumed.nodes['first']?.status, resumed.summary.origin]).toEqual([
        'failed',
        'cached',
        first,
      ]);
      // The draft is corrected meanwhile: it is offered first, and runs with the finished outputs.
      await page.goto(new URL(`/workflows/chain?run=${first}`, page.url()).href);
      const retries = page.getByRole('group', { name: 'Run actions' }).getByRole('button', { name: /^Retry/ });
      await retries.first().waitFor();
      expect(await retries.allInnerTexts()).toEqual(['Retry with this draft', 'Retry as it was']);
      await choose('Fragile');
      await page.keyboard.press('F2');
      await page.keyboard.type('Mended');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Escape');
      await retries.first().click();
      const third = await began(first);
      await seenEnded();
      await card(page, 'Input').getByText('Reused').waitFor({ state: 'attached' });
      expect(third).not.toBe(first);
      await card(page, 'Mended').locator('.canvas_card-icon').click();
      await page.keyboard.press('Control+z');
      await card(page, 'Fragile').click({ button: 'right' });
      await page
        .getByRole('menu', { name: 'Node' })
        .getByRole('menuitem', { name: /Run from here/ })
        .waitFor();
      await page.keyboard.press('Escape');
    });

    it('answers a question on its card, and another one in the inbox', async () => {
      const first = await runIn('deciding', 'letter', 'Dear all');
      await card(page, 'Ask a person').getByLabel('Decision').selectOption('approve');
      await saveScreenshot(page, 'live-question');
      await card(page, 'Ask a person').getByRole('button', { name: 'Answer' }).click();
      expect((await untilStatus(fixture.server, first)).outputs['decision']).toBe('approve');
      const second = await runIn('deciding', 'letter', 'Dear nobody');
      await untilStatus(fixture.server, second, ['suspended']);
      await page.goto(`${fixture.server.address}/inbox`);
      const item = page.getByRole('listitem').filter({ hasText: 'Dear nobody' });
      // The node that asks, by its title.
      await item.getByText('Ask a person', { exact: true }).waitFor();
      await item.getByRole('link', { name: 'Link to this request' }).click();
      await page.getByRole('heading', { name: 'Human input request' }).waitFor();
      await item.getByRole('button', { name: 'Answer' }).click();
      await item.getByText('Decision is required.').waitFor();
      expect(await violations(page)).toEqual([]);
      await item.getByLabel('Decision').selectOption('refuse');
      await item.getByRole('button', { name: 'Answer' }).click();
      expect((await untilStatus(fixture.server, second)).outputs['decision']).toBe('refuse');
      await page.getByText('This request is closed').waitFor();
      await page.getByRole('link', { name: 'All requests' }).click();
      await page.getByText('No open requests.').waitFor();
    });
  },
);
