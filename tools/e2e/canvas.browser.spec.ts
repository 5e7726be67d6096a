import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { browserSuite } from './browser-suite.js';
import { temporaryFolder } from './built-program.js';
import { greeting, pausing, storytelling } from './documents.js';
import { eventually } from './eventually.js';
import { chapterOfHandbook, sample } from './handbook.js';
import { heddle } from './heddle-command.js';
import { saveScreenshot } from './open-browser.js';
import { begin, post, untilStatus, workedAt } from './server-calls.js';
import { missingModels } from './starter-models.js';

/** The id of the run in view. */
const runIdOf = (page: Page): string => new URL(page.url()).searchParams.get('run') ?? '';
const card = (page: Page, title: string) => page.getByRole('article', { name: title, exact: true });
const result = (page: Page) => page.getByRole('region', { name: 'Result' });
const right = (box: { readonly x: number; readonly width: number } | null): number =>
  (box?.x ?? NaN) + (box?.width ?? NaN);
const flat = (text: string): string => text.replace(/\s+/g, ' ').trim();

browserSuite(
  'the canvas in a browser',
  {
    obstacle: await missingModels(),
    withinMs: 120_000,
    data: async () => {
      const data = join(temporaryFolder(), 'data');
      expect((await heddle(['ingest', 'handbook', chapterOfHandbook()], { data })).code).toBe(0);
      return data;
    },
    prepare: async ({ server }) => {
      const documents: readonly (readonly [string, unknown])[] = [
        ['ask-the-handbook', JSON.parse(readFileSync(join(sample, 'workflow.json'), 'utf8'))],
        ['story', storytelling(1, 900)],
        ['long-pause', pausing(600)],
        ['greeting', { ...greeting, edges: greeting.edges.slice(1) }],
      ];
      for (const [slug, document] of documents)
        expect((await post(server, '/api/workflows', { document, slug })).status).toBe(201);
    },
  },
  (temporary) => {
    /** Opens a workflow, fills a field, runs it, and gives the run's id. */
    async function runIn(page: Page, slug: string, field: string, text: string): Promise<string> {
      await page.goto(`${temporary.server.address}/workflows/${slug}`);
      await page.getByRole('textbox', { name: field, exact: true }).fill(text);
      await page
        .getByRole('button', { name: /^Run\b/ })
        .first()
        .click();
      await page.waitForURL((url) => url.searchParams.has('run'));
      return runIdOf(page);
    }

    /** The text that the result shows now, without figures beside it. */
    const shown = async (page: Page): Promise<string> =>
      flat((await result(page).locator('p.answer').allInnerTexts()).join(' '));

    it('leads from the first page to the sample, draws it, and answers a question with its source', async () => {
      const { page } = temporary;
      await page.goto(temporary.server.address);
      await page
        .getByRole('link', { name: /Ask the handbook/ })
        .first()
        .click();
      for (const title of ['Question', 'Search the handbook', 'Answer', 'Reply']) await card(page, title).waitFor();
      await saveScreenshot(page, 'sample');
      await page.getByLabel('Your question').fill('How much is the meal allowance on business trips?');
      await page
        .getByRole('button', { name: /^Run\b/ })
        .first()
        .click();
      await page.waitForURL((url) => url.searchParams.has('run'));
      await result(page).getByText('48').first().waitFor({ timeout: 90_000 });
      const run = await untilStatus(temporary.server, runIdOf(page));
      await result(page).getByText('people/expenses.md').first().waitFor();
      await saveScreenshot(page, 'answered');
      expect(run.outputs['answer']).toContain('48');
      // The answer has the marks of its sources after its sentences.
      const answered = (await result(page).innerText()).replace(/(?<=[.!?])\s\d+(?=\s)/g, '');
      expect(answered).toContain(String(run.outputs['answer']).trim());
      expect(flat(await card(page, 'Answer').innerText())).toContain(flat(String(run.outputs['answer'])).slice(0, 8));
      expect(await card(page, 'Answer').getAttribute('data-status')).toBe('done');
    });

    it('shows a streamed text whole and once after a reload during the run, and in a second page', async () => {
      const { page } = temporary;
      const runId = await runIn(page, 'story', 'topic', 'Tell a long story about a weaver and a fox.');
      await eventually('words', async () => ((await shown(page)).length > 60 ? true : undefined), 30_000);
      const reloadedAt = Date.now();
      await page.reload();
      const second = await temporary.another();
      await second.page.goto(page.url());
      const samples: string[] = [];
      for (const { page: one } of [temporary.watched, second]) {
        samples.push(
          await eventually('words after opening', async () =>
            (await shown(one)).length > 60 ? shown(one) : undefined,
          ),
        );
      }
      await saveScreenshot(second.page, 'second-page');
      const run = await untilStatus(temporary.server, runId, undefined, 90_000);
      const text = flat(String(run.outputs['text']));
      expect(workedAt(run, reloadedAt)).toBe(true);
      for (const seen of samples) expect(text.startsWith(seen.slice(0, -1))).toBe(true);
      for (const { page: one } of [temporary.watched, second]) {
        await eventually('whole text', async () => ((await shown(one)) === text ? true : undefined));
        await eventually('end of the node', async () =>
          (await card(one, 'Generate').getAttribute('data-status')) === 'done' ? true : undefined,
        );
      }
    });

    it('stops a run by its button', async () => {
      const { page } = temporary;
      const runId = await runIn(page, 'long-pause', 'name', 'Ada');
      await page
        .getByRole('button', { name: /^Stop\b/ })
        .first()
        .click();
      expect((await untilStatus(temporary.server, runId)).status).toBe('cancelled');
      await page
        .getByRole('button', { name: /^Run\b/ })
        .first()
        .waitFor();
    });

    it('keeps the titles of passages inside their card, however long they are', async () => {
      const { page } = temporary;
      const title = 'Are the results of a long study with a long title equal to those of a longer one before it?';
      const found = [{ id: 'p', document: 'd.md', title, text: 'Yes.', score: 0.5 }];
      const document = {
        heddle: 2,
        name: 'Passages',
        edges: [{ from: 'given.found', to: 'reply.found' }],
        nodes: {
          given: { type: 'input', version: 1, config: { fields: [{ name: 'found', type: 'Passages' }] } },
          reply: { type: 'output', version: 1, config: { fields: [{ name: 'found', type: 'Passages' }] } },
        },
      };
      await page.goto(`${temporary.server.address}/runs/${await begin(temporary.server, document, { found })}`);
      const score = card(page, 'Input').locator('.canvas_card-passage-bar');
      await score.waitFor();
      const outer = await card(page, 'Input').boundingBox();
      const inner = await score.boundingBox();
      expect(right(inner)).toBeLessThan(right(outer));
    });

    it('says why a broken workflow cannot run', async () => {
      const { page } = temporary;
      await page.goto(`${temporary.server.address}/workflows/greeting`);
      await page.getByText(/Fix .* first/).waitFor();
      expect(
        await page
          .getByRole('button', { name: /^Run\b/ })
          .first()
          .isDisabled(),
      ).toBe(true);
    });

    it('offers a link home at the address of a workflow that does not exist', async () => {
      const { page } = temporary;
      await page.goto(`${temporary.server.address}/workflows/no-such-workflow`);
      await page.getByRole('link', { name: /home/i }).first().waitFor();
      temporary.watched.forgive(/status of 404/);
    });
  },
);
