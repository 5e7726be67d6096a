/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import { meStore } from '../../data/access/known-me.js';
import { readMe } from '../../data/access/me-store.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { all, buttonNamed, one, pageText, pressButton, texts, type } from '../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { DatasetsPage } from './DatasetsPage.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

const info = (id: string, more: Record<string, unknown> = {}) => ({
  id,
  name: `Name of ${id}`,
  description: '',
  version: 2,
  rows: 1,
  createdAt: 1,
  updatedAt: 1,
  ...more,
});
let page: FakePage;
let sent: { readonly method: string; readonly path: string; readonly body: unknown }[];
let replies: Record<string, unknown>;
let roles: readonly string[];
beforeEach(() => {
  sent = [];
  roles = ['owner'];
  replies = { 'GET /api/datasets': { datasets: [] } };
  page = openFakePage((method, path, body) => {
    if (method !== 'GET') sent.push({ method, path, body });
    if (path === '/api/auth/me')
      return {
        isSignInNeeded: true,
        hasUsers: true,
        principal: { id: 'user:u', kind: 'user', name: 'Una', roles: { default: roles } },
      };
    return replies[`${method} ${path}`];
  });
});
afterEach(() => {
  page.leave();
  meStore.setState({ me: undefined });
  window.history.replaceState(null, '', '/');
});

async function show(): Promise<void> {
  const live = createLiveClient(createFakeSocket());
  await act(async () => {
    await readMe();
    page.root.render(
      <SessionProvider value={{ live } as unknown as Session}>
        <DatasetsPage item={undefined} tabs={<nav />} />
      </SessionProvider>,
    );
  });
}
const submit = (): Promise<void> =>
  act(async () => void one('form').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true })));

describe('the list of datasets', () => {
  it('offers to create the first dataset when there is none', async () => {
    await show();
    expect(texts('.empty-state p')[0]).toMatch(/^No datasets yet\./);
    expect(texts('.empty-state button')).toEqual(['New dataset', 'Start with an example']);
  });

  it('offers a viewer no buttons', async () => {
    roles = ['viewer'];
    await show();
    expect(pageText()).toContain('No datasets yet.');
    expect(all('.empty-state button')).toEqual([]);
  });

  it('shows sizes and versions, and titles as text', async () => {
    const long = '<b>x</b>'.repeat(25);
    replies['GET /api/datasets'] = { datasets: [info('a', { name: long, rows: 1200 }), info('b', { version: 0 })] };
    await show();
    expect(texts('.row-title')).toEqual([long, 'Name of b']);
    expect(texts('.row-figures span:first-child')).toEqual(['1,200 rows', '1 row']);
    expect(texts('.row-figures .quiet')[1]).toContain('no version');
    expect(all<HTMLAnchorElement>('a.row')[0]?.pathname).toBe('/quality/datasets/a');
  });

  it('says that it cannot be read, and offers a retry', async () => {
    delete replies['GET /api/datasets'];
    await show();
    expect(all('[role=alert]')).toHaveLength(1);
    replies['GET /api/datasets'] = { datasets: [info('a')] };
    await pressButton('Retry');
    expect(texts('.row-title')).toEqual(['Name of a']);
  });
});

describe('a new dataset', () => {
  it('needs a name, and opens', async () => {
    replies['POST /api/datasets'] = info('ds_1');
    await show();
    await pressButton('New dataset');
    await submit();
    expect(pageText()).toContain('Write a name of at most 200 characters.');
    await type(one('dialog input'), '  Questions ');
    await submit();
    expect(sent).toEqual([{ method: 'POST', path: '/api/datasets', body: { name: 'Questions', description: '' } }]);
    expect(window.location.pathname).toBe('/quality/datasets/ds_1');
  });

  it('that is refused keeps what was typed', async () => {
    await show();
    await pressButton('New dataset');
    await type(one('dialog input'), 'Questions');
    await submit();
    expect(all('dialog [role=alert]')).toHaveLength(1);
    expect(one<HTMLInputElement>('dialog input').value).toBe('Questions');
    expect(buttonNamed('Create dataset')?.disabled).toBe(false);
  });

  it('can start with example rows', async () => {
    replies['POST /api/datasets'] = info('ds_1');
    replies['POST /api/datasets/ds_1/import?format=jsonl&note=Example+rows'] = {};
    replies['POST /api/datasets/ds_1/import?format=jsonl&note=Example%20rows'] = {};
    await show();
    await pressButton('Start with an example');
    await submit();
    const file = (sent[1]?.body as FormData).get('file') as File;
    const text = await new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.readAsText(file);
    });
    expect(String(text).trim().split('\n')).toHaveLength(5);
    expect(window.location.pathname).toBe('/quality/datasets/ds_1');
  });
});
