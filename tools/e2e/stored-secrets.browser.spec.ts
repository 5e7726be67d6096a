import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { browserSuite } from './browser-suite.js';
import { ownerLink, password } from './people.js';
import { formsOf } from './secret-forms.js';

/** What somebody types into a page, and what must not be in the page afterwards. */
const canaries = {
  password,
  secret: 'canary-21-"s\\e/cret+of+a+node=',
  connection: 'canary-22-key/of+a"connection=',
  key: '',
  session: '',
};
const pages = [
  '/',
  '/models',
  '/connections',
  '/tools',
  '/policies',
  '/spend',
  '/inbox',
  '/runs',
  '/collections',
].concat(['keys', 'sessions', 'users', 'account', 'secrets', 'audit', 'projects'].map((name) => `/settings/${name}`));

/** Everything that a script of the page could read. */
const readable = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const databases = await Promise.all(
      (await indexedDB.databases()).map(
        ({ name = '' }) =>
          new Promise<unknown>((resolve, reject) => {
            const opening = indexedDB.open(name);
            opening.onerror = () => reject(new Error(`'${name}' cannot be read`));
            opening.onsuccess = () => {
              const database = opening.result;
              const stores = [...database.objectStoreNames];
              if (stores.length === 0) {
                resolve([name]);
                return;
              }
              const reading = database.transaction(stores, 'readonly');
              const found = stores.map((store) => reading.objectStore(store).getAll());
              reading.oncomplete = () => resolve([name, found.map((one) => one.result as unknown)]);
            };
          }),
      ),
    );
    const caches = await Promise.all(
      (await window.caches.keys()).map(async (name) =>
        (await (await window.caches.open(name)).keys()).map((one) => one.url),
      ),
    );
    const fields = [...document.querySelectorAll('input, textarea')].map((field) =>
      'value' in field ? field.value : '',
    );
    return [
      JSON.stringify(Object.entries(localStorage)),
      JSON.stringify(Object.entries(sessionStorage)),
      JSON.stringify([databases, caches, fields, history.state, location.href, window.name]),
      document.cookie,
      document.documentElement.outerHTML,
      ...performance.getEntries().map(({ name }) => name),
    ].join('\n');
  });

browserSuite('what a browser keeps', { environment: { HEDDLE_SIGN_IN: 'required' } }, (fixture) => {
  it('has no password, key, secret or session on any page that somebody opened', async () => {
    const { page, server } = fixture;
    fixture.watched.forgive(/status of 40[0134]/);
    await page.goto(await ownerLink(server));
    await page.getByLabel('Name').fill('Ada');
    await page.getByLabel('Email').fill('ada@example.org');
    await page.getByLabel(/Password/).fill(password);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('button', { name: 'New workflow' }).first().waitFor();
    const call = (method: string, path: string, body: unknown): Promise<string> =>
      page.evaluate(
        async ([how, where, what]) => {
          const headers = { 'content-type': 'application/json' };
          return (await fetch(where, { method: how, headers, body: what })).text();
        },
        [method, path, JSON.stringify(body)] as const,
      );
    await call('PUT', '/api/secrets/token', { value: canaries.secret });
    await call('POST', '/api/connections', { id: 'far', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:1/v1' });
    await call('PUT', '/api/connections/far/key', { value: canaries.connection });
    canaries.key = (JSON.parse(await call('POST', '/api/keys', { name: 'k' })) as { secret: string }).secret;
    const cookies = await page.context().cookies();
    canaries.session = cookies.find(({ name }) => name.endsWith('heddle'))?.value ?? '';
    expect([canaries.session, canaries.key].every((value) => value.length > 30)).toBe(true);

    const seen: string[] = [];
    for (const path of pages) {
      await page.goto(`${server.address}${path}`);
      await page.locator('main').first().waitFor();
      seen.push(await readable(page));
    }
    const everything = Buffer.from(seen.join('\n'));
    const found = Object.entries(canaries).filter(([, value]) =>
      formsOf(value).some((form) => everything.includes(form)),
    );
    expect(found.map(([name]) => name)).toEqual([]);
    // The search finds a value that is there.
    await page.evaluate((value) => localStorage.setItem('test', btoa(`x${value}`)), canaries.key);
    const after = Buffer.from(await readable(page));
    expect(formsOf(canaries.key).some((form) => after.includes(form))).toBe(true);
  });
});
