import { totpCode } from '@heddle/adapters/identity';
import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { violations } from './axe-check.js';
import { browserSuite } from './browser-suite.js';
import { untilCount } from './eventually.js';
import { openPage } from './open-browser.js';
import { ownerLink, password } from './people.js';

const codeNow = (secret: string): Promise<string> => totpCode(secret, Math.floor(Date.now() / 30_000));

browserSuite('signing in', { environment: { HEDDLE_SIGN_IN: 'required' } }, (fixture) => {
  let secret = '';
  let recovery = '';

  /** Opens the sign-in page, filled in with Ada's address and a password. */
  async function tries(page: Page, typed: string): Promise<void> {
    await page.getByLabel('Email').fill('ada@example.org');
    await page.getByLabel('Password').fill(typed);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }
  const isIn = (page: Page) => page.getByRole('heading', { name: 'Models', level: 1 }).waitFor();
  // The browser logs an error for each refused request.
  const forgiveRefusals = () => fixture.watched.forgive(/status of 40[013]/);

  it('starts with the printed link, which works once, and then requires sign-in', async () => {
    forgiveRefusals();
    const link = await ownerLink(fixture.server);
    const { page } = fixture;
    await page.goto(link);
    await page.getByLabel('Name').fill('Ada');
    await page.getByLabel('Email').fill('ada@example.org');
    await page.getByLabel(/Password/).fill('short');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel(/Password/).fill(password);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('button', { name: 'New workflow' }).first().waitFor();

    const { page: third } = await openPage(fixture.browser);
    await third.goto(link);
    // The page says this when it opens, before anyone chooses a password.
    await third.getByRole('heading', { name: 'This link does not work' }).waitFor();
    expect(await third.getByLabel(/Password/).count()).toBe(0);
    expect(await violations(third)).toEqual([]);
    await third.goto(`${fixture.server.address}/sign-in?setup=made-up`);
    await third.getByRole('heading', { name: 'This link does not work' }).waitFor();
    await third.getByRole('link', { name: 'Sign in' }).click();
    await third.getByRole('heading', { name: 'Sign in' }).waitFor();
    await third.close();
    expect((await fetch(`${fixture.server.address}/api/workflows`)).status).toBe(401);
  });

  it('lists the sessions of a user, and ends all others', async () => {
    forgiveRefusals();
    const { page: other } = await openPage(fixture.browser);
    for (const page of [fixture.page, other]) {
      await page.goto(`${fixture.server.address}/sign-in?next=%2Fmodels`);
      await tries(page, password);
      await isIn(page);
    }
    const page = await fixture.open('/settings/sessions');
    const rows = page.locator('main .rows li');
    await rows.nth(1).waitFor();
    await page.getByRole('button', { name: 'Sign out everywhere else' }).click();
    await rows.nth(1).waitFor({ state: 'detached' });
    await page.getByText('This browser').waitFor();
    await other.reload();
    await other.waitForURL('**/sign-in?**');
    await other.close();
  });

  it('returns to the requested page, and sets up the second factor', async () => {
    forgiveRefusals();
    const page = await fixture.open('/models');
    await page.waitForURL('**/sign-in?next=%2Fmodels');
    await tries(page, 'not the password');
    await page.getByRole('alert').waitFor();
    await tries(page, password);
    await isIn(page);

    await fixture.open('/settings/account');
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.getByRole('img', { name: /QR code/ }).waitFor();
    expect(await violations(page)).toEqual([]);
    secret = await page.locator('.copy-text code').first().innerText();
    await page.getByLabel('Code from the app').fill(await codeNow(secret));
    await page.getByRole('button', { name: 'Turn on' }).click();
    await page.getByText('Keep these recovery codes').waitFor();
    await untilCount(page.locator('.people_recovery li'), 10);
    recovery = await page.locator('.people_recovery li').first().innerText();
  });

  it('asks for the second factor from then on, and accepts a recovery code once', async () => {
    forgiveRefusals();
    const page = await fixture.open('/sign-in?next=%2Fmodels');
    await tries(page, password);
    const code = page.getByLabel(/^Authenticator code/);
    await code.fill('000000');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await code.fill(recovery);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await isIn(page);

    const { page: other } = await openPage(fixture.browser);
    await other.goto(`${fixture.server.address}/sign-in?next=%2Fmodels`);
    await tries(other, password);
    await other.getByLabel(/^Authenticator code/).fill(recovery);
    await other.getByRole('button', { name: 'Sign in' }).click();
    await other.getByRole('alert').waitFor();
    await other.close();
  });
});
