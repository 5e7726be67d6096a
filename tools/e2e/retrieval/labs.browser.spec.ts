import { expect, it } from '@jest/globals';
import { violations, violationsOfThemes } from '../axe-check.js';
import { saveScreenshot } from '../open-browser.js';
import { retrievalSuite } from './retrieval-fixture.js';

retrievalSuite('labs in a browser', (fixture) => {
  it('start from a collection, stop worse configurations, name a winner only if it is proved, and lead to a new index', async () => {
    const page = await fixture.open('/collections/notes');
    await page.getByRole('button', { name: 'Change index' }).click();
    await page.getByRole('link', { name: 'Measure in a lab' }).click();
    const dialog = page.getByRole('dialog', { name: 'New lab' });
    await dialog.getByLabel('Questions', { exact: true }).selectOption({ label: 'Questions about the notes' });
    await dialog.getByLabel('Noise').check();
    await dialog.getByLabel('Passage sizes, in tokens').fill('32, 220');
    await dialog.getByText(/configurations; 2 new indexes are built/).waitFor();
    await saveScreenshot(page, 'lab-dialog');
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Begin' }).click();
    await page.getByRole('heading', { name: 'Lab of notes' }).waitFor();
    // The lab has ended.
    await page.locator('.labs_lab-winner', { hasNotText: 'before all configurations' }).waitFor({ timeout: 120_000 });
    const table = page.getByRole('region', { name: 'Configurations' });
    await table
      .getByText(/Stopped after 25 questions/)
      .first()
      .waitFor();
    await page.getByRole('heading', { name: 'Quality and speed' }).waitFor();
    await saveScreenshot(page, 'lab-light');
    expect(await violationsOfThemes(page)).toEqual([]);
    await saveScreenshot(page, 'lab-dark');
    await page.setViewportSize({ width: 390, height: 844 });
    await saveScreenshot(page, 'lab-390');
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 1440, height: 900 });
    const row = table.getByRole('row').filter({ hasText: 'Keyword' }).filter({ hasText: '32 tokens' }).first();
    await row.getByRole('button', { name: /^Apply number/ }).click();
    await page.getByRole('button', { name: 'Make the new index' }).click();
    await page.waitForURL(/\/collections\/notes$/);
    await page
      .getByRole('article', { name: 'New index' })
      .getByText('It has all documents.')
      .waitFor({ timeout: 90_000 });
    await page.goto(new URL('/quality/labs', page.url()).href);
    await page.getByRole('link', { name: /notes: \d+ configurations/ }).waitFor();
    await saveScreenshot(page, 'labs-list');
  });
});
