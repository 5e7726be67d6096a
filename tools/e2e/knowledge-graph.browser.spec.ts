import { defaultModelsFolder, LocalModelHub } from '@heddle/adapters/models';
import { expect, it } from '@jest/globals';
import { tmpdir } from 'node:os';
import { startModelServer } from '../../server/src/testing/test-model-server.js';
import { violations, violationsOfThemes } from './axe-check.js';
import { browserSuite } from './browser-suite.js';
import { eventually } from './eventually.js';
import { saveScreenshot } from './open-browser.js';
import { callJson } from './server-calls.js';
import { missingModels } from './starter-models.js';

const namesModel = 'spacy-en-core-web-sm';

/** Why the suite cannot run here, or undefined if it can. */
async function obstacle(): Promise<string | undefined> {
  const hub = new LocalModelHub({ modelsFolder: defaultModelsFolder(), dataFolder: tmpdir() });
  const state = (await hub.list()).find(({ card }) => card.id === namesModel);
  await hub.close();
  const isThere = state?.status === 'ready' || state?.status === 'loaded';
  return isThere
    ? missingModels()
    : `${namesModel} is not on this machine; heddle models pull ${namesModel} fetches it`;
}

/** The second document answers a question without sharing a term with it, and names the same person as the first one. */
const documents = [
  { id: 'harbour.md', text: '# The Harbour\n\nThe Harbour is a film that Greta Holmberg directed in 1950.' },
  { id: 'holmberg.md', text: '# Early life\n\nGreta Holmberg grew up in Uppsala, where her parents kept bees.' },
  ...['barley', 'copper', 'granite', 'linen', 'pepper', 'timber', 'walnut', 'zinc'].map((good) => ({
    id: `${good}.md`,
    text: `# Prices of ${good}\n\nThe film of dust on ${good} lowers its price. Who directed the sale counted each sack of ${good}.`,
  })),
];
const question = 'Who directed the film The Harbour?';

browserSuite('the knowledge graph of a collection in a browser', { obstacle: await obstacle() }, (fixture) => {
  const call = (method: string, path: string, body?: unknown) => callJson(fixture.server, method, path, body);

  it('is set up, lists entities with their passages, and leads a search to another document', async () => {
    await call('POST', '/api/collections', { name: 'films', title: 'Films', embedding: 'all-minilm-l6-v2' });
    await call('POST', '/api/collections/films/documents', { documents });
    await eventually(
      'full collection',
      async () => ((await call('GET', '/api/collections/films'))['documents'] === documents.length ? true : undefined),
      90_000,
    );
    const page = await fixture.open('/collections/films');
    const panel = page.locator('details', { has: page.locator('summary', { hasText: 'Knowledge graph' }) });
    await panel.locator('summary').press('Enter');
    await panel.getByRole('button', { name: 'Set up a knowledge graph' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Set up a knowledge graph' });
    await dialog.getByRole('combobox', { name: 'Model' }).fill(namesModel);
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Estimate the cost' }).press('Enter');
    await dialog.getByText(`The model reads ${documents.length} documents`).waitFor();
    await saveScreenshot(page, 'knowledge-graph-dialog');
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Start' }).press('Enter');
    await panel.getByText(`in ${documents.length} of ${documents.length} documents.`).waitFor({ timeout: 90_000 });
    await saveScreenshot(page, 'knowledge-graph-panel');
    expect(await violations(page)).toEqual([]);

    // An entity, its neighbours, and the passage of the other document.
    await panel.getByRole('link', { name: 'Browse the entities' }).press('Enter');
    await page.getByRole('searchbox', { name: 'Search the entities' }).fill('holm');
    await page.getByRole('link', { name: /Greta Holmberg/ }).press('Enter');
    await page.waitForURL(/\/collections\/films\/entities\/greta%20holmberg$/);
    await page.getByRole('heading', { name: 'Greta Holmberg' }).waitFor();
    await page.getByText('2 passages in 2 documents', { exact: false }).last().waitFor();
    await page.locator('[data-part=entity-drawing]').getByText('Uppsala').waitFor();
    await saveScreenshot(page, 'knowledge-graph-entity-light');
    expect(await violationsOfThemes(page)).toEqual([]);
    await saveScreenshot(page, 'knowledge-graph-entity-dark');
    await page.locator('[data-part=entity-drawing]').getByText('Uppsala').click();
    await page.waitForURL(/\/entities\/uppsala$/);
    await page.getByRole('heading', { name: 'Uppsala' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Greta Holmberg' }).waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    await saveScreenshot(page, 'knowledge-graph-entity-390');
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.getByRole('link', { name: 'Early life holmberg.md' }).press('Enter');
    const text = page.getByRole('region', { name: 'Text' });
    await text.locator('[data-shown]', { hasText: 'grew up in Uppsala' }).waitFor();
    expect(new URL(page.url()).searchParams.get('document')).toBe('holmberg.md');

    // The search follows the name to the other document.
    const results = page.getByRole('list', { name: 'Results' });
    const search = async (): Promise<readonly string[]> => {
      await page.getByRole('searchbox', { name: 'Search Films' }).fill(question);
      await page.keyboard.press('Enter');
      await page.getByText(/passages in \d/).waitFor();
      return results.getByRole('listitem').allInnerTexts();
    };
    const before = await search();
    expect(before[0]).toContain('Greta Holmberg directed');
    expect(before.join()).not.toContain('Found through');
    await page.locator('summary', { hasText: 'Search settings' }).press('Enter');
    await page.getByLabel('Graph weight').fill('0.5');
    await page.getByRole('button', { name: 'Save the search settings' }).press('Enter');
    await page.getByText('Combined search, graph weight 0.5, no reranker.').waitFor();
    await page.reload();
    const after = await search();
    await saveScreenshot(page, 'knowledge-graph-search');
    expect(after[1]).toContain('grew up in Uppsala');
    expect(after[1]).toMatch(/Found through .*Greta Holmberg/);
    const rank = before.findIndex((one) => one.includes('grew up in Uppsala'));
    expect(rank === -1 || rank > 1).toBe(true);
  });

  it('shows what the documents say about an entity, each statement with its passage', async () => {
    const found = {
      entities: ['Ada Lovelace', 'Charles Babbage', 'Mary Somerville'].map((name) => ({ name, type: 'person' })),
      relations: [
        { source: 'Ada Lovelace', target: 'Charles Babbage', relation: 'worked with' },
        { source: 'Mary Somerville', target: 'Ada Lovelace', relation: 'taught' },
      ],
    };
    const far = await startModelServer([() => Promise.resolve(JSON.stringify(found))]);
    try {
      const models = [{ name: 'reader' }];
      const connection = {
        id: 'far',
        kind: 'openai-compatible',
        baseUrl: far.baseUrl,
        models,
        clearance: 'restricted',
      };
      await call('POST', '/api/connections', connection);
      await call('POST', '/api/collections', { name: 'people', embedding: 'all-minilm-l6-v2' });
      await call('POST', '/api/collections/people/documents', {
        documents: [
          { id: 'engine.md', text: '# The engine\n\nAda Lovelace worked with Charles Babbage on his engine.' },
          { id: 'tutor.md', text: '# A tutor\n\nMary Somerville taught Ada Lovelace mathematics.' },
        ],
      });
      await call('PUT', '/api/collections/people/graph', { options: { model: 'far/reader', types: ['person'] } });
      await eventually('relations', async () =>
        (await call('GET', '/api/collections/people/graph'))['relations'] === 2 ? true : undefined,
      );
      const page = await fixture.open('/collections/people/entities/ada%20lovelace');
      const said = page.getByRole('region', { name: 'What the documents say' }).getByRole('listitem');
      await said.filter({ hasText: 'Mary Somerville taught Ada Lovelace' }).waitFor();
      await page.locator('[data-part=entity-drawing]').getByText('taught').waitFor();
      await saveScreenshot(page, 'knowledge-graph-relations-light');
      expect(await violationsOfThemes(page)).toEqual([]);
      await saveScreenshot(page, 'knowledge-graph-relations-dark');
      await said.filter({ hasText: 'taught' }).getByRole('link', { name: 'A tutor' }).press('Enter');
      const text = page.getByRole('region', { name: 'Text' });
      await text.locator('[data-shown]', { hasText: 'Mary Somerville taught' }).waitFor();

      // Two entities are merged and separated again.
      await page.goto(new URL('/collections/people/entities', page.url()).href);
      await page.locator('summary', { hasText: 'Possible duplicates' }).press('Enter');
      await page.getByText('No possible duplicates were found.').waitFor();
      await page.emulateMedia({ colorScheme: 'light' });
      await page.getByRole('link', { name: /Mary Somerville/ }).press('Enter');
      await page.getByRole('button', { name: 'Merge…' }).press('Enter');
      const dialog = page.getByRole('dialog', { name: 'Merge Mary Somerville' });
      await dialog.getByRole('radio', { name: /Ada Lovelace/ }).check();
      await saveScreenshot(page, 'knowledge-graph-merge-light');
      expect(await violationsOfThemes(page)).toEqual([]);
      await saveScreenshot(page, 'knowledge-graph-merge-dark');
      await dialog.getByRole('button', { name: 'Merge', exact: true }).press('Enter');
      await page.waitForURL(/\/entities\/ada%20lovelace$/);
      await page.getByRole('button', { name: 'Separate Mary Somerville' }).waitFor();
      await page.setViewportSize({ width: 1024, height: 768 });
      await saveScreenshot(page, 'knowledge-graph-merged-1024');
      expect(await violations(page)).toEqual([]);
      await page.getByRole('button', { name: 'Separate Mary Somerville' }).press('Enter');
      await page.getByRole('heading', { name: 'Merged into it' }).waitFor({ state: 'detached' });
    } finally {
      await far.close();
    }
  });
});
