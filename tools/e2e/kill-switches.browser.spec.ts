import { RunsReply } from '@heddle/core';
import { afterAll, expect, it } from '@jest/globals';
import { browserSuite } from './browser-suite.js';
import { posting } from './effect-documents.js';
import { startEffectServer, type EffectServer } from './effect-server.js';
import { eventually } from './eventually.js';
import { requests } from './people.js';
import { runIdOf } from './run-page.js';
import { callJson } from './server-calls.js';
import type { ServerProcess } from './start-server.js';

let outside: EffectServer;

/** Reads the list of runs: the run itself has thousands of steps, and reading them would occupy a busy server. */
const untilListedAs = (server: ServerProcess, status: string): Promise<true> =>
  eventually(`run ${status}`, async () => {
    const { runs } = RunsReply.parse(await callJson(server, 'GET', '/api/runs'));
    return runs[0]?.status === status ? true : undefined;
  });

browserSuite(
  'a kill switch in a browser',
  {
    environment: async () => {
      outside = await startEffectServer();
      return { HEDDLE_FETCH_ALLOW: outside.host };
    },
    prepare: async ({ server }) => {
      const document = posting(outside.address, 'mails');
      await requests(server, undefined, 'POST', '/api/workflows', { document, slug: 'mails' });
    },
  },
  (fixture) => {
    afterAll(() => outside.close());

    it('pauses a running run, shows the reason at the run, and lets it continue to its end', async () => {
      const page = await fixture.open('/workflows/mails');
      await page.getByRole('textbox', { name: /^name/ }).fill('"mails"');
      await page.locator('.run-actions button[type=submit]').click();
      await eventually('effects', () => (outside.effectsOf('mails').length > 3 ? true : undefined));
      const runId = runIdOf(page);

      // The link selects the workflow that is in view.
      await page.getByRole('link', { name: 'Kill switch' }).click();
      await page.getByLabel('Reason').fill('It mails strangers.');
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await page.getByText('The kill switch is on. 1 run is paused.').waitFor();
      await untilListedAs(fixture.server, 'paused');
      const before = outside.effectsOf('mails').length;

      await fixture.open(`/runs/${runId}`);
      await page.getByRole('status').getByText('It mails strangers.').waitFor();
      await page.getByText('Paused', { exact: true }).first().waitFor();
      expect(outside.effectsOf('mails')).toHaveLength(before);

      await page.getByRole('link', { name: 'View and release' }).click();
      await page.getByRole('button', { name: /^Release The workflow / }).click();
      await page.getByText(/is released, and 1 paused run continues/).waitFor();
      await eventually('further effects', () => (outside.effectsOf('mails').length > before ? true : undefined));
      outside.satisfy('mails');
      await untilListedAs(fixture.server, 'done');
      await fixture.open(`/runs/${runId}`);
      await page.getByText('Done', { exact: true }).first().waitFor();
    });

    it('of an unknown tool says that the tool is unknown, and is on anyway', async () => {
      const page = await fixture.open('/settings/kill-switches');
      await page.getByLabel('Target').selectOption('A tool');
      await page.getByLabel('Tool name').fill('calculater');
      await page.getByLabel('Reason').fill('It reckons wrongly.');
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await page.getByText(/^The kill switch is on\..* No tool of the name 'calculater' is known/).waitFor();
      await page.getByRole('button', { name: /^Release .*calculater/ }).click();
      await page.getByText(/calculater.* is released/).waitFor();
    });
  },
);
