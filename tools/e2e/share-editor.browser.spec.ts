import { expect, it } from '@jest/globals';
import { violations } from './axe-check.js';
import { saveScreenshot } from './open-browser.js';
import { shareSuite } from './share-fixture.js';

shareSuite('links in the editor', {}, (fixture, browser) => {
  it('are made, tried, changed, renewed and revoked', async () => {
    const { page } = browser;
    await page.goto(`${fixture.server.address}/workflows/talk/api`);
    await page.getByText('No links yet.').waitFor();
    await page.getByRole('button', { name: 'New link' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Intranet');
    await page.getByLabel('Greeting').fill('Ask the handbook.');
    await page.getByLabel('Sites that may embed it').fill('shop.example');
    await page.getByRole('button', { name: 'Create link' }).click();
    await page.getByText('Write an origin such as https://www.example.org').waitFor();
    expect(await violations(page)).toEqual([]);
    await saveScreenshot(page, 'share-editor-dialog');
    await page.getByLabel('Sites that may embed it').fill('https://shop.example');
    await page.getByRole('button', { name: 'Create link' }).click();
    const dialog = page.getByRole('dialog', { name: 'The link “Intranet”' });
    const link = await dialog.locator('code').first().innerText();
    expect(await dialog.locator('code').nth(1).innerText()).toContain(`data-token="${link.split('/').at(-1)}"`);
    await saveScreenshot(page, 'share-editor-made');
    const [preview] = await Promise.all([
      page.waitForEvent('popup'),
      dialog.getByRole('link', { name: 'Preview' }).click(),
    ]);
    await preview.getByText('Ask the handbook.').waitFor();
    await preview.getByLabel('Message').fill('hello');
    await preview.keyboard.press('Enter');
    await preview.getByText('You said hello').waitFor();
    await preview.close();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.reload();
    await page.getByText('1 of 1,000').waitFor();
    expect(await page.content()).not.toContain(link.split('/').at(-1));
    await saveScreenshot(page, 'share-editor-light-1440');
    expect(await violations(page)).toEqual([]);

    const opens = async (address: string): Promise<number> => (await fetch(address)).status;
    await page.getByRole('button', { name: 'Change Intranet' }).click();
    await page.getByLabel('Paused').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Chat, paused').waitFor();
    expect(await opens(link)).toBe(404);
    await page.getByRole('button', { name: 'Change Intranet' }).click();
    await page.getByLabel('Paused').uncheck();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Chat, paused').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Renew Intranet' }).click();
    await page.getByRole('button', { name: 'Renew link' }).click();
    const renewed = await dialog.locator('code').first().innerText();
    expect([await opens(link), await opens(renewed)]).toEqual([404, 200]);
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Revoke Intranet' }).click();
    await page.getByRole('button', { name: 'Revoke link' }).click();
    await page.getByText('No links yet.').waitFor();
    expect(await opens(renewed)).toBe(404);
  });
});
