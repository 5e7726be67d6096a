import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { cleanUp } from './built-program.js';
import { eventually } from './eventually.js';
import { findBrowser, openBrowser, openPage } from './open-browser.js';
import { startServer, type ServerProcess } from './start-server.js';

jest.setTimeout(60_000);

const executable = findBrowser();
const suite = executable === undefined ? describe.skip : describe;

suite('signing in', () => {
  let server: ServerProcess;
  let browser: Browser;
  beforeAll(async () => {
    server = await startServer({ environment: { HEDDLE_SIGN_IN: 'required' } });
    browser = await openBrowser(executable ?? '');
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
    await cleanUp();
  });

  it('begins with the printed link, which works once, and then asks everybody who they are', async () => {
    const link = await eventually(
      'link that makes the owner',
      () => /http:\S+\/sign-in\?setup=\S+/.exec(server.stderr())?.[0],
    );
    const { page } = await openPage(browser);
    await page.goto(link);
    await page.getByLabel('Name').fill('Ada');
    await page.getByLabel('E-mail').fill('ada@example.org');
    await page.getByLabel(/Password/).fill('short');
    await page.getByRole('button', { name: 'Make account' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel(/Password/).fill('a long enough password');
    await page.getByRole('button', { name: 'Make account' }).click();
    await page.getByRole('button', { name: 'New workflow' }).first().waitFor();

    const { page: other } = await openPage(browser);
    await other.goto(`${server.address}/models`);
    await other.waitForURL('**/sign-in?next=%2Fmodels');
    await other.getByLabel('E-mail').fill('ada@example.org');
    await other.getByLabel('Password').fill('not the password');
    await other.getByRole('button', { name: 'Sign in' }).click();
    await other.getByRole('alert').waitFor();
    await other.getByLabel('Password').fill('a long enough password');
    await other.getByRole('button', { name: 'Sign in' }).click();
    await other.getByRole('heading', { name: 'Models', level: 1 }).waitFor();

    const { page: third } = await openPage(browser);
    await third.goto(link);
    await third.getByLabel(/Password/).fill('a long enough password');
    await third.getByRole('button', { name: 'Make account' }).click();
    await third.getByRole('alert').waitFor();
    expect((await fetch(`${server.address}/api/workflows`)).status).toBe(401);
  });
});
