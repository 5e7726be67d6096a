import { beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { violations } from './axe-check.js';
import { saveScreenshot } from './open-browser.js';
import { shareSuite } from './share-fixture.js';

shareSuite('a shared form in a browser', {}, (fixture, browser) => {
  let page: Page;
  beforeEach(() => {
    ({ page } = browser);
  });

  const open = async (config: object = {}): Promise<void> => {
    const { url } = await fixture.share('report', config);
    await page.goto(url);
    await page.getByLabel('Topic').waitFor();
  };
  const run = () => page.getByRole('button', { name: 'Run', exact: true });

  it('has a suitable field for each input, shows each problem at its field, and shows each output in a suitable form', async () => {
    await open({ greeting: 'Makes the weekly report.' });
    expect(await violations(page)).toEqual([]);
    await run().click();
    await page.getByText('Topic is required.').waitFor();
    await page.getByLabel('Topic').and(page.locator(':focus')).waitFor();
    await page.getByLabel('Topic').fill('Looms');
    await page.getByLabel('Pages').fill('many');
    await page.getByLabel('More').fill('{');
    await run().click();
    await page.getByText('A number, such as 3 or 0.5.').waitFor();
    await page.getByText('This is not valid JSON').waitFor();
    expect(await violations(page)).toEqual([]);
    await saveScreenshot(page, 'share-form-light-1440');
    await page.getByLabel('Pages').fill('3');
    await page.getByLabel('Tone').selectOption('warm');
    await page.getByLabel('Names').fill('Ada\nBert');
    await page.getByLabel('More').fill('{"unit":"kg"}');
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByLabel('Paper').click()]);
    await chooser.setFiles([{ name: 'paper.txt', mimeType: 'text/plain', buffer: Buffer.from('paper') }]);
    await page.getByRole('button', { name: 'Remove paper.txt' }).waitFor();
    await run().click();
    await page.getByText('Done.').waitFor();
    await page.getByRole('heading', { name: 'Looms' }).waitFor();
    await page.getByRole('cell', { name: '{"unit":"kg"}' }).waitFor();
    const save = page.getByRole('button', { name: 'Save paper.txt (5 B)' });
    const [download] = await Promise.all([page.waitForEvent('download'), save.click()]);
    expect(download.suggestedFilename()).toBe('paper.txt');
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await saveScreenshot(page, 'share-form-light-390');
  });

  it('says that it waits for a person, and continues after their answer', async () => {
    await open({ theme: 'dark' });
    await page.getByLabel('Topic').fill('Yarn');
    await page.getByLabel('Ask a person first').check();
    await run().click();
    await page.getByText('Waiting for a person. It continues automatically').waitFor();
    await saveScreenshot(page, 'share-form-dark-1440');
    const { requests } = (await fixture.call('GET', '/api/human-inputs')) as {
      requests: { runId: string; requestId: string }[];
    };
    const [request] = requests;
    await fixture.call('POST', `/api/runs/${request?.runId}/human-inputs/${request?.requestId}`, {
      value: { choice: 'approve' },
    });
    await page.getByText('Done.').waitFor();
    await page.getByRole('heading', { name: 'Yarn' }).waitFor();
  });

  it('continues its run after a reload in the middle, and starts afresh after one at the end', async () => {
    await open();
    await page.getByLabel('Topic').fill('Wool');
    await page.getByLabel('Ask a person first').check();
    await run().click();
    await page.getByText('Waiting for a person.').waitFor();
    await page.reload();
    await page.getByText('Waiting for a person.').waitFor();
    await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
    const { requests } = (await fixture.call('GET', '/api/human-inputs')) as {
      requests: { runId: string; requestId: string }[];
    };
    const [request] = requests;
    await fixture.call('POST', `/api/runs/${request?.runId}/human-inputs/${request?.requestId}`, {
      value: { choice: 'approve' },
    });
    await page.getByText('Done.').waitFor();
    await page.getByRole('heading', { name: 'Wool' }).waitFor();
    await page.reload();
    await run().waitFor();
    expect(await page.getByRole('region', { name: 'Result' }).count()).toBe(0);
  });

  it('shows an input that the server refuses at its field', async () => {
    browser.watched.forgive(/422/);
    const { url } = await fixture.share('report');
    await page.route('**/v1/share/*', async (route) => {
      const reply = await route.fetch();
      const body = (await reply.json()) as { inputs: { name: string; isRequired: boolean }[] };
      const inputs = body.inputs.map((input) => ({ ...input, isRequired: false }));
      await route.fulfill({ response: reply, json: { ...body, inputs } });
    });
    await page.goto(url);
    await run().click();
    await page.locator('.field', { hasText: 'Topic' }).locator('.field-error', { hasText: /topic/ }).waitFor();
    await page.getByLabel('Topic').and(page.locator(':focus')).waitFor();
  });
});
