import { totpCode } from '@heddle/adapters/identity';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { violations } from './axe-check.js';
import { cleanUp } from './built-program.js';
import { eventually } from './eventually.js';
import { findBrowser, openBrowser, openPage } from './open-browser.js';
import { startServer, type ServerProcess } from './start-server.js';

jest.setTimeout(90_000);

const executable = findBrowser();
const suite = executable === undefined ? describe.skip : describe;
const password = 'a long enough password';

suite('accounts in a browser', () => {
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

  it('turn the second factor on, invite somebody, and show them only what they may see', async () => {
    const link = await eventually(
      'link that makes the owner',
      () => /http:\S+\/sign-in\?setup=\S+/.exec(server.stderr())?.[0],
    );
    const { page: ada, problems } = await openPage(browser);
    await ada.goto(link);
    await ada.getByLabel('Name').fill('Ada');
    await ada.getByLabel('E-mail').fill('ada@example.org');
    await ada.getByLabel(/Password/).fill(password);
    await ada.getByRole('button', { name: 'Make account' }).click();
    await ada.getByRole('button', { name: 'New workflow' }).first().waitFor();

    await ada.goto(`${server.address}/settings/account`);
    await ada.getByRole('button', { name: 'Set it up' }).click();
    await ada.getByRole('img', { name: /QR code/ }).waitFor();
    expect(await violations(ada)).toEqual([]);
    const secret = await ada.locator('.copy-text code').first().innerText();
    await ada.getByLabel('The code that the app shows').fill(totpCode(secret, Math.floor(Date.now() / 30_000)));
    await ada.getByRole('button', { name: 'Turn it on' }).click();
    await ada.getByText('Keep these recovery codes').waitFor();
    expect(await ada.locator('.recovery li').count()).toBe(10);

    await ada.goto(`${server.address}/settings/users`);
    await ada.getByRole('button', { name: 'Invite somebody' }).click();
    await ada.getByLabel('Name').fill('Bob');
    await ada.getByLabel('E-mail').fill('bob@example.org');
    await ada.getByRole('button', { name: 'Make the link' }).click();
    const invitation = ada.getByRole('dialog').locator('.copy-text code');
    await invitation.waitFor();
    const address = await invitation.innerText();
    await ada.getByRole('button', { name: 'Done' }).click();
    await ada.getByRole('row', { name: /Bob/ }).getByText('viewer').waitFor();

    const bob = await (await browser.newContext()).newPage();
    await bob.goto(address);
    await bob.getByLabel(/Password/).fill(password);
    await bob.getByRole('button', { name: 'Make account' }).click();
    await bob.waitForURL(`${server.address}/`);
    await bob.goto(`${server.address}/settings/keys`);
    await bob.getByText(/Managing API keys needs the role owner/).waitFor();
    await bob.goto(`${server.address}/settings/sessions`);
    await bob.getByText('This browser').waitFor();

    await ada.getByRole('button', { name: 'More for Bob' }).click();
    await ada.getByRole('menuitem', { name: 'Disable' }).waitFor();
    expect(await violations(ada)).toEqual([]);
    await ada.getByRole('menuitem', { name: 'Disable' }).click();
    await ada.getByRole('button', { name: 'Disable', exact: true }).click();
    await ada.getByRole('row', { name: /Bob/ }).getByText('Disabled').waitFor();
    await bob.reload();
    await bob.waitForURL('**/sign-in?**');
    expect(problems()).toEqual([]);
  });
});
