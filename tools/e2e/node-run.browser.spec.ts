import { afterAll, beforeEach, expect, it } from '@jest/globals';
import type { WorkflowDocument } from '@heddle/core';
import type { Page } from 'playwright-core';
import { violations } from './axe-check.js';
import { browserSuite } from './browser-suite.js';
import { eventually, untilCount } from './eventually.js';
import { saveScreenshot } from './open-browser.js';
import { card, flat, runPage } from './run-page.js';
import { post, runOf, send, untilStatus } from './server-calls.js';
import { calling, startUnsteadyServer } from './unsteady-server.js';

const outside = await startUnsteadyServer();
afterAll(() => outside.close());

browserSuite(
  'the run settings of a node, in a browser',
  {
    environment: { HEDDLE_FETCH_ALLOW: outside.host },
    prepare: async ({ server }) => {
      for (const slug of ['unsteady', 'slow', 'joined'])
        expect((await post(server, '/api/workflows', { slug, document: documentOf(slug) })).status).toBe(201);
    },
  },
  (fixture) => {
    let page: Page;
    beforeEach(() => {
      page = fixture.page;
    });
    const { begin, choose, seenEnded } = runPage(
      () => fixture.server.address,
      () => page,
    );
    const section = () => page.getByRole('region', { name: 'Retries and timeouts' });
    const toggle = () => section().getByRole('button', { name: /^Retries and timeouts/ });
    const openSettings = async (slug: string): Promise<void> => {
      await page.goto(`${fixture.server.address}/workflows/${slug}`);
      await choose('Call');
      await toggle().click();
    };
    /** Waits until the server has stored the run settings of the node. */
    const saved = (slug: string, run: unknown): Promise<void> =>
      eventually(`${slug} as it is to run`, async () => {
        const { document } = JSON.parse((await send(fixture.server, `/api/workflows/${slug}`)).text) as {
          document: WorkflowDocument;
        };
        return JSON.stringify(document.nodes['call']?.run) === JSON.stringify(run) ? true : undefined;
      }).then(() => undefined);
    async function runIt(): Promise<string> {
      await page.getByRole('group', { name: 'Panel' }).getByRole('button', { name: 'Run' }).click();
      await page.getByRole('textbox', { name: /^name\b/ }).fill('Ada');
      return begin();
    }
    const detail = () => page.getByRole('region', { name: 'Attempts' });

    it('retry a node as often as configured, show each attempt live, and keep the attempts in the record', async () => {
      await openSettings('unsteady');
      await section().getByLabel('Attempts', { exact: true }).fill('3');
      await section().getByLabel('Pause before the second attempt').fill('1.5');
      await section().getByLabel('Timeout per attempt').fill('20 s');
      await saveScreenshot(page, 'node-run-settings');
      expect(await violations(page)).toEqual([]);
      await toggle().click();
      expect(flat(await toggle().innerText())).toBe('Retries and timeouts 3 attempts, timeout 20 s');
      await saved('unsteady', { retry: { attempts: 3, backoffMs: 1_500 }, wallMs: 20_000 });
      expect(
        await card(page, 'Call').locator('[data-tip="Retries and timeouts: 3 attempts, timeout 20 s"]').innerText(),
      ).toContain('3');

      const runId = await runIt();
      await card(page, 'Call').getByText('Attempt 2 of 3').waitFor();
      await saveScreenshot(page, 'node-run-attempt');
      await card(page, 'Call').getByText('Attempt 3 of 3').waitFor();
      const run = await untilStatus(fixture.server, runId);
      expect([run.status, run.outputs['text'], run.nodes['call']?.attempt]).toEqual(['done', 'It is well again.', 3]);
      const keys = outside.keysOf('unsteady');
      expect(keys).toHaveLength(3);
      expect(new Set(keys).size).toBe(1);
      expect(keys[0]).not.toBe('');
      await seenEnded();

      // The record of the run shows the attempts later, too.
      await page.goto(`${fixture.server.address}/runs/${runId}`);
      await card(page, 'Call').getByText('Attempt 3 of 3').waitFor();
      await page.keyboard.press('t');
      await page.getByRole('button', { name: /Call.*attempt 3 of 3/ }).click();
      await untilCount(detail().getByRole('listitem'), 3);
      const text = flat(await detail().innerText());
      expect(text).toContain('Attempt 1 failed at');
      expect(text).toContain('answered with status 500: The service is not well.');
      expect(text).toContain('Attempt 3 of 3 succeeded');
      await saveScreenshot(page, 'node-run-record');
      expect(await violations(page)).toEqual([]);
    });

    it('stop a node at its timeout with a named error, which leads to the setting', async () => {
      await openSettings('slow');
      await section().getByLabel('Timeout per attempt').fill('0,5 s');
      await saved('slow', { wallMs: 500 });
      const runId = await runIt();
      const run = await untilStatus(fixture.server, runId);
      expect([run.status, run.error?.code, run.error?.path]).toEqual(['failed', 'node_timeout', 'call']);
      expect(run.error?.message).toContain('took longer than 0.5 s');
      expect((await runOf(fixture.server, runId)).nodes['call']?.ms).toBeLessThan(5_000);
      await page.getByText('A node took too long').first().waitFor();
      await saveScreenshot(page, 'node-run-deadline');
      await page.keyboard.press('Escape');
      await page.keyboard.press('t');
      await page.getByRole('button', { name: 'Change timeout' }).click();
      const field = section().getByLabel('Timeout per attempt');
      await eventually('focus on the deadline', async () =>
        (await field.evaluate((element) => element === document.activeElement)) ? true : undefined,
      );
      expect(await field.inputValue()).toBe('0.5 s');
    });

    it('have the focus after an issue is chosen by keyboard, and solve it there', async () => {
      await page.goto(`${fixture.server.address}/workflows/joined`);
      await page
        .getByRole('button', { name: /^2 errors/ })
        .first()
        .focus();
      await page.keyboard.press('Enter');
      await page
        .getByRole('button', { name: /must be optional/ })
        .first()
        .press('Enter');
      const starts = section().getByLabel('Starts');
      await eventually('focus on the choice', async () =>
        (await starts.evaluate((element) => element === document.activeElement)) ? true : undefined,
      );
      await section()
        .getByText(/so its input .* must be optional/)
        .first()
        .waitFor();
      await starts.selectOption('all');
      await section()
        .getByText(/so its input .* must be optional/)
        .first()
        .waitFor({ state: 'detached' });
      await page.keyboard.press('Escape');
      await saved('joined', undefined);
    });
  },
);

function documentOf(slug: string): unknown {
  const document = calling(outside.address, slug);
  if (slug !== 'joined') return document;
  const { call, ...nodes } = document.nodes;
  const config = { ...call.config, body: { kind: 'text', text: '{{ name }} {{ again }}' } };
  return {
    ...document,
    nodes: { ...nodes, call: { ...call, config, run: { join: 'any' } } },
    edges: [...document.edges, { from: 'who.name', to: 'call.again' }],
  };
}
