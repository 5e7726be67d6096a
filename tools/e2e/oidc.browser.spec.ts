import { afterAll, expect, it, jest } from '@jest/globals';
import { browserSuite } from './browser-suite.js';
import { untilCount } from './eventually.js';
import { startSignInProvider, type SignInProvider } from './oidc-provider.js';
import { makeOwner } from './people.js';

let provider: SignInProvider | undefined;

browserSuite(
  'signing in by a provider, in a browser',
  {
    environment: async () => {
      // The library warns that it is only for tests.
      for (const level of ['warn', 'info'] as const) jest.spyOn(console, level).mockImplementation(() => undefined);
      provider = await startSignInProvider({
        bob: { email: 'bob@example.org', email_verified: true, name: 'Bob' },
        far: { email: 'far@elsewhere.example', email_verified: true, name: 'Far' },
      });
      return { HEDDLE_SIGN_IN: 'required', ...provider.settings };
    },
    prepare: async ({ server }) => {
      await provider?.knows(server.address);
      await makeOwner(server);
    },
  },
  (fixture) => {
    afterAll(() => provider?.close());

    /** Goes through the provider's own pages, from our button. */
    async function goThrough(account: string): Promise<void> {
      const { page } = fixture;
      // The page of the provider requests a font from elsewhere, and Heddle answers 401 before the sign-in.
      fixture.watched.forgive(/ERR_NAME_NOT_RESOLVED|status of 40[14]/);
      await page.getByRole('link', { name: /^Sign in with / }).click();
      await page.locator('input[name=login]').fill(account);
      await page.locator('input[name=password]').fill('any');
      await page.getByRole('button', { name: 'Sign-in' }).click();
      await page.getByRole('button', { name: 'Continue' }).click();
    }

    it('leads to the provider and back to the page that was asked for, as a viewer', async () => {
      const page = await fixture.open('/models');
      await page.waitForURL('**/sign-in?next=%2Fmodels');
      await goThrough('bob');
      await page.waitForURL(`${fixture.server.address}/models`);
      await page.getByRole('heading', { name: 'Models', level: 1 }).waitFor();
      await fixture.open('/settings/account');
      await page.getByText('Bob', { exact: true }).first().waitFor();
      expect(await page.getByRole('link', { name: 'Users' }).count()).toBe(0);
    });

    it('says why a user of another organisation cannot sign in', async () => {
      const page = await fixture.open('/sign-in');
      await goThrough('far');
      await page.getByRole('alert').getByText('Ask an owner to invite you').waitFor();
      await untilCount(page.getByLabel('Password'), 1);
    });
  },
);
