import { expect, it } from '@jest/globals';
import { violations } from './axe-check.js';
import { browserSuite } from './browser-suite.js';
import { untilCount } from './eventually.js';
import { laidOut } from './drawing-page.js';
import { openPage } from './open-browser.js';
import { requests, makeOwner, password, signIn, type Person } from './people.js';

let ada: Person;

browserSuite(
  'accounts in a browser',
  {
    environment: { HEDDLE_SIGN_IN: 'required' },
    prepare: async ({ server }) => {
      ada = await makeOwner(server);
      await requests(server, ada, 'POST', '/api/workflows', { document: laidOut, slug: 'greeting' });
    },
  },
  (fixture) => {
    it('are created by an invitation link, show only permitted pages, and end when they are disabled', async () => {
      await signIn(fixture.watched, fixture.server, ada);
      const page = await fixture.open('/settings/users');
      await page.getByRole('button', { name: 'Invite user' }).click();
      await page.getByLabel('Name').fill('Bob');
      await page.getByLabel('Email').fill('bob@example.org');
      await page.getByRole('button', { name: 'Create link' }).click();
      const invitation = page.getByRole('dialog').locator('.copy-text code');
      await invitation.waitFor();
      const address = await invitation.innerText();
      const isCopying = page.getByRole('button', { name: 'Copy the link' }).and(page.locator(':focus'));
      await untilCount(isCopying, 1);
      await page.getByRole('button', { name: 'Done' }).click();
      await page.getByRole('row', { name: /Bob/ }).getByText('viewer').waitFor();

      const { page: bob, problems } = await openPage(fixture.browser);
      await bob.goto(address);
      await bob.getByLabel(/Password/).fill(password);
      expect(await bob.getByRole('textbox', { name: 'Email' }).count()).toBe(0);
      await bob.getByRole('button', { name: 'Set password' }).click();
      await bob.waitForURL(`${fixture.server.address}/`);
      await bob.goto(`${fixture.server.address}/settings/keys`);
      await bob.getByText(/Managing API keys needs the role owner/).waitFor();
      for (const name of ['Users', 'Audit log', 'All settings'])
        expect([name, await bob.getByRole('link', { name }).count()]).toEqual([name, 0]);
      await bob.goto(`${fixture.server.address}/settings/account`);
      await bob.getByLabel('Current password').fill('what it is not');
      await bob.getByLabel(/New password/).fill('a word that nobody guesses');
      await bob.getByRole('button', { name: 'Change password' }).click();
      await bob.getByText('The password is wrong.').waitFor();
      // The console shows the 401 of the server too, and nothing else.
      expect(problems().filter((problem) => !problem.includes('401'))).toEqual([]);

      await page.getByRole('button', { name: 'More actions for Bob' }).click();
      await page.getByRole('menuitem', { name: 'Disable' }).waitFor();
      expect(await violations(page)).toEqual([]);
      await page.getByRole('menuitem', { name: 'Disable' }).click();
      await page.getByRole('button', { name: 'Disable', exact: true }).click();
      await page.getByRole('row', { name: /Bob/ }).getByText('Disabled').waitFor();
      await bob.reload();
      await bob.waitForURL('**/sign-in?**');
      await bob.close();
    });

    it('give a program a service account whose key is shown once, gets more rights, works, and is revoked', async () => {
      await signIn(fixture.watched, fixture.server, ada);
      const page = await fixture.open('/settings/keys');
      await page.getByRole('button', { name: 'New service account' }).click();
      await page.getByLabel('Name').fill('Deploy');
      await page.getByRole('button', { name: 'Create account' }).click();
      await page.getByRole('listitem').filter({ hasText: 'Deploy' }).waitFor();

      await page.getByRole('button', { name: 'New key' }).click();
      await page.getByLabel('Name').fill('ci');
      await page.getByLabel('Acts for').selectOption({ label: 'Deploy' });
      await page.getByRole('button', { name: 'Create key' }).click();
      const shown = page.getByRole('dialog').locator('.copy-text code');
      await shown.waitFor();
      const secret = await shown.innerText();
      expect(await violations(page)).toEqual([]);
      await page.getByRole('button', { name: 'Done' }).click();
      const row = page.getByRole('row', { name: /^ci/ });
      await row.waitFor();
      await page.reload();
      await row.getByText(secret.slice(0, 6)).waitFor();
      expect(await page.content()).not.toContain(secret);

      const call = async (): Promise<number> => {
        const headers = { authorization: `Bearer ${secret}` };
        return (await fetch(`${fixture.server.address}/api/runs`, { headers })).status;
      };
      // The key calls only published versions until it gets more rights.
      expect(await call()).toBe(403);
      await page.getByRole('button', { name: 'Change rights of ci' }).click();
      await page.getByLabel('List runs with their public outputs').check();
      expect(await violations(page)).toEqual([]);
      await page.getByRole('dialog').getByRole('button', { name: 'Change rights' }).click();
      await row.getByText('List runs with their public outputs').waitFor();
      expect(await call()).toBe(200);
      await page.getByRole('button', { name: 'Revoke ci' }).click();
      await page.getByRole('button', { name: 'Revoke key' }).click();
      await row.getByText('Revoked').waitFor();
      expect(await call()).toBe(401);

      await page.getByRole('button', { name: 'Remove Deploy' }).click();
      await page.getByRole('button', { name: 'Remove account' }).click();
      await page.getByText('No service accounts yet').waitFor();
    });
  },
);
