import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { violations, violationsOfThemes } from '../axe-check.js';
import { eventually } from '../eventually.js';
import { saveScreenshot } from '../open-browser.js';
import { retrievalSuite } from './retrieval-fixture.js';

/** By how many pixels the page is wider than the window. */
const excess = (page: Page): Promise<number> =>
  page.evaluate(() =>
    Math.max(
      ...[document.documentElement, ...document.querySelectorAll('main, dialog')].map(
        (area) => area.scrollWidth - area.clientWidth,
      ),
    ),
  );

retrievalSuite('another index of a collection in a browser', (fixture) => {
  const serving = async (): Promise<string> =>
    String((await fixture.call('GET', '/api/collections/notes'))['embedding']);

  it('is made, compared, switched to and left again, by keyboard and on a phone', async () => {
    const page = await fixture.open('/collections/notes');
    // The button is disabled until the collection is known.
    await page.getByRole('button', { name: 'Change index', disabled: false }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Change the index' });
    await dialog.getByLabel('Embedding model').selectOption('noise');
    await dialog.getByLabel('Passage size, in tokens').fill('32');
    await dialog.getByRole('button', { name: 'Estimate the cost' }).press('Enter');
    await dialog.getByText(/30 documents become/).waitFor();
    await saveScreenshot(page, 'change-index-dialog');
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Make the new index' }).press('Enter');
    const next = page.getByRole('article', { name: 'New index' });
    await next.getByText('It has all documents.').waitFor({ timeout: 90_000 });
    expect(await serving()).toBe('all-minilm-l6-v2');
    await next.getByLabel('Questions').selectOption({ label: 'Dataset Questions about the notes' });
    await next.getByRole('button', { name: 'Compare' }).press('Enter');
    await next.getByRole('region', { name: 'Comparison' }).waitFor({ timeout: 60_000 });
    await saveScreenshot(page, 'change-index-compared-light');
    expect(await violationsOfThemes(page)).toEqual([]);
    await saveScreenshot(page, 'change-index-compared-dark');
    await page.setViewportSize({ width: 390, height: 844 });
    await eventually('page that fits', async () => ((await excess(page)) === 0 ? true : undefined));
    await next.scrollIntoViewIfNeeded();
    await saveScreenshot(page, 'change-index-compared-390');
    await next.getByRole('button', { name: 'Switch to the new index' }).press('Enter');
    const before = page.getByRole('article', { name: 'Index before' });
    await before.waitFor();
    expect(await serving()).toBe('noise');
    await saveScreenshot(page, 'change-index-before-390');
    expect(await violations(page)).toEqual([]);
    await before.getByRole('button', { name: 'Go back to it' }).press('Enter');
    await next.waitFor();
    await before.waitFor({ state: 'detached' });
    expect(await serving()).toBe('all-minilm-l6-v2');
    await next.getByRole('button', { name: 'Discard' }).press('Enter');
    await page.getByRole('button', { name: 'Discard the index' }).press('Enter');
    await next.waitFor({ state: 'detached' });
  });
});
