import { afterAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { startModelServer, type TestModelServer } from '../../server/src/testing/test-model-server.js';
import { violationsOfThemes } from './axe-check.js';
import { browserSuite } from './browser-suite.js';
import { greeting } from './documents.js';
import { saveScreenshot } from './open-browser.js';
import { callJson } from './server-calls.js';

const call = (name: string, args: object = {}) => [{ name: `heddle-build__${name}`, args }];
const changes = [
  { change: 'set_workflow', name: 'Letters' },
  { change: 'set_inputs', fields: [{ name: 'letter', type: 'Text', title: 'Letter' }] },
  { change: 'add_node', id: 'clean', type: 'redact', title: 'Remove personal data' },
  { change: 'add_node', id: 'ask', type: 'prompt', config: { template: 'Answer this letter politely: {{ letter }}' } },
  { change: 'add_node', id: 'write', type: 'reason', title: 'Write the reply', config: { model: 'double/one' } },
  { change: 'set_outputs', fields: [{ name: 'reply', type: 'Text' }] },
  { change: 'connect', from: 'input.letter', to: 'clean.text' },
  { change: 'connect', from: 'clean.text', to: 'ask.letter' },
  { change: 'connect', from: 'ask.text', to: 'write.prompt' },
  { change: 'connect', from: 'write.text', to: 'output.reply' },
];

let model: TestModelServer;
afterAll(() => model.close());

async function pictures(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 1440, height: 900 });
    await saveScreenshot(page, `${name}-1440-${colorScheme}`);
    await page.setViewportSize({ width: 390, height: 844 });
    await saveScreenshot(page, `${name}-390-${colorScheme}`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

browserSuite(
  'building with a model, in a browser',
  {
    prepare: async ({ server }) => {
      model = await startModelServer([
        call('list_node_types', { search: 'personal data' }),
        call('change_draft', { changes }),
        call('show_data_map'),
        'The workflow removes personal data from a letter and writes a polite reply with `double/one`.',
      ]);
      await callJson(server, 'POST', '/api/connections', {
        id: 'double',
        kind: 'openai-compatible',
        baseUrl: model.baseUrl,
        clearance: 'internal',
        isLocal: true,
        models: [{ name: 'one', supports: { tools: true } }],
      });
      await callJson(server, 'POST', '/api/workflows', { document: greeting, slug: 'greeting' });
    },
  },
  (fixture) => {
    it('builds what a person describes, and saves it after they accept the changes and where the data goes', async () => {
      const page = await fixture.open('/build');
      await page.getByRole('combobox', { name: 'Model' }).fill('double/one');
      await page.keyboard.press('Escape');
      await page.getByLabel('Message').fill('Answer letters politely. Personal data must not reach the model.');
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByText('Changes the draft').waitFor();
      await page.getByText('The workflow removes personal data').waitFor();
      const draft = page.getByRole('region', { name: 'Proposed draft' });
      await draft.getByText('Write the reply').waitFor();
      const accept = draft.getByRole('button', { name: 'Accept the draft' });
      expect(await accept.isDisabled()).toBe(true);
      expect(await violationsOfThemes(page)).toEqual([]);
      await pictures(page, 'build');
      await draft.getByLabel('I accept what changes.').check();
      expect(await accept.isDisabled()).toBe(true);
      await draft.getByLabel('I accept where the data goes.').check();
      await accept.click();
      await draft.getByText('The draft is saved.').waitFor();
      await draft.getByRole('link', { name: 'Open the canvas' }).click();
      await page.getByText('Write the reply').first().waitFor();
    });

    it('shows a proposal of a program in the inbox, and publishes it when a person accepts', async () => {
      const { server } = fixture;
      const made = (await callJson(server, 'POST', '/api/build/tools/propose_publish', {
        arguments: { workflow: 'greeting', note: 'The first version, for the shop.' },
      })) as { result: { proposal: string } };
      const page = await fixture.open('/inbox');
      await page.getByRole('link', { name: /^Publish / }).click();
      await page.waitForURL(`**/proposals/${made.result.proposal}`);
      await page.getByRole('heading', { name: 'Where the data goes' }).waitFor();
      expect(await violationsOfThemes(page)).toEqual([]);
      await pictures(page, 'proposal');
      await page.getByLabel('I accept what changes.').check();
      await page.getByLabel('I accept where the data goes.').check();
      await page.getByRole('button', { name: 'Accept and publish' }).click();
      await page.getByText('Version 1 is published.').waitFor();
      await page.getByRole('link', { name: 'Show the versions' }).click();
      await page.getByRole('complementary', { name: 'Versions' }).getByText('Version 1').first().waitFor();
    });
  },
);
