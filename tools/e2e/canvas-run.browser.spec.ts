import { beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { browserSuite } from './browser-suite.js';
import { eventually } from './eventually.js';
import { card, runPage } from './run-page.js';
import { post, untilStatus } from './server-calls.js';

const long = 'A sentence that fills the card of the node with some lines of text. '.repeat(6);
const prompt = (title: string, template: string) => ({ type: 'prompt', version: 1, title, config: { template } });
const input = { type: 'input', version: 1, config: { fields: [{ name: 'name', type: 'Text' }] } };
/** Four branches; the third fails if its input is `break`. */
const branches = {
  heddle: 2,
  name: 'Branches',
  nodes: {
    who: input,
    first: prompt('First', `{{ name }} ${long}`),
    second: prompt('Second', `{{ name }} ${long}`),
    third: {
      type: 'code',
      version: 1,
      title: 'Third',
      config: { code: `if (input.value === 'break') throw new Error(${JSON.stringify(long)}); return input.value;` },
    },
    fourth: prompt('Fourth', `{{ name }} ${long}`),
  },
  edges: [
    { from: 'who.name', to: 'first.name' },
    { from: 'who.name', to: 'second.name' },
    { from: 'who.name', to: 'third.value' },
    { from: 'who.name', to: 'fourth.name' },
  ],
};

browserSuite(
  'the cards of a run',
  {
    prepare: async ({ server }) => {
      const { status } = await post(server, '/api/workflows', { slug: 'branches', document: branches });
      expect(status).toBe(201);
    },
  },
  (suite) => {
    let page: Page;
    beforeEach(() => {
      page = suite.page;
    });
    const { runIn, seenEnded } = runPage(
      () => suite.server.address,
      () => page,
    );
    /** The pairs of cards that cover each other. */
    const covered = (): Promise<readonly string[]> =>
      page.evaluate(() => {
        const cards = [...document.querySelectorAll('article.canvas_card')].map((element) => ({
          name: element.getAttribute('aria-label') ?? '',
          box: element.getBoundingClientRect(),
        }));
        return cards.flatMap((one, index) =>
          cards
            .slice(index + 1)
            .filter(
              ({ box }) =>
                box.left < one.box.right &&
                one.box.left < box.right &&
                box.top < one.box.bottom &&
                one.box.top < box.bottom,
            )
            .map((other) => `${one.name} and ${other.name}`),
        );
      });
    /** The distance between the first and the last branch, in card widths, so that the zoom does not matter. */
    const spread = async (): Promise<number> => {
      const first = await card(page, 'First').boundingBox();
      const fourth = await card(page, 'Fourth').boundingBox();
      return first === null || fourth === null ? 0 : Math.abs(fourth.y - first.y) / first.width;
    };

    /** The spread once no card moves any more. */
    const restingSpread = (): Promise<number> =>
      eventually('resting cards', async () => {
        const before = await spread();
        await page.waitForTimeout(200);
        return before > 0 && Math.abs((await spread()) - before) < 0.005 ? before : undefined;
      });

    it.each([
      ['done', 'Ada'],
      ['failed', 'break'],
    ])('do not cover each other after Lay out, in a run that is %s and in its replay', async (status, name) => {
      await page.goto(`${suite.server.address}/workflows/branches`);
      await card(page, 'Fourth').waitFor();
      await page.locator('.workflow-canvas').focus();
      await page.keyboard.press('Shift+L');
      await page.getByText('Saved', { exact: true }).waitFor();
      const inDraft = await restingSpread();
      const runId = await runIn('branches', 'name', name);
      expect((await untilStatus(suite.server, runId)).status).toBe(status);
      await seenEnded();
      await card(page, 'First').locator('.canvas_card-text').waitFor();
      const inRun = await eventually('cards apart', async () => {
        const now = await spread();
        return now > inDraft + 0.01 && (await covered()).length === 0 ? now : undefined;
      });

      await page.getByRole('button', { name: 'Play back', exact: true }).click();
      await page.getByRole('group', { name: 'Playback', exact: true }).getByRole('slider').press('End');
      await eventually(
        'cards apart in the replay',
        async () => ((await covered()).length === 0 ? true : undefined),
        5_000,
      );

      await page.goto(`${suite.server.address}/workflows/branches`);
      await card(page, 'Fourth').waitFor();
      await eventually('cards close together again', async () => {
        const now = await spread();
        return now > 0 && now < inRun ? true : undefined;
      });
    });
  },
);
