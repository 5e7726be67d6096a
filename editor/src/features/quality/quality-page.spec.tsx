/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { act, type ReactElement } from 'react';
import { meStore } from '../../data/access/known-me.js';
import { readMe } from '../../data/access/me-store.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { all, one, pageText, texts } from '../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { QualityPage } from './QualityPage.js';
import { qualityTabs, type QualityTab, type QualityTabProps } from './quality-tabs.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let page: FakePage;
let roles: readonly string[];
beforeEach(() => {
  roles = ['owner'];
  page = openFakePage((_method, path) =>
    path === '/api/auth/me'
      ? {
          isSignInNeeded: true,
          hasUsers: true,
          principal: { id: 'user:u', kind: 'user', name: 'Una', roles: { default: roles } },
        }
      : undefined,
  );
});
afterEach(() => {
  page.leave();
  meStore.setState({ me: undefined });
});

const Shown = ({ item, tabs }: QualityTabProps): ReactElement => (
  <main>
    {tabs}
    <p>Shows {item ?? 'a list'}</p>
  </main>
);
const tabOf = (id: string, permission: QualityTab['permission']): QualityTab => ({
  id,
  title: `Title of ${id}`,
  permission,
  Page: Shown,
});
const tabs = [tabOf('owners', 'project:manage'), tabOf('values', 'run:values')];

async function show(tab: string | undefined, item?: string): Promise<void> {
  const live = createLiveClient(createFakeSocket());
  await act(async () => {
    await readMe();
    page.root.render(
      <SessionProvider value={{ live } as unknown as Session}>
        <QualityPage tab={tab} item={item} path={`/quality/${tab ?? ''}`} all={tabs} />
      </SessionProvider>,
    );
  });
}

it('shows the tab of the address and what is open in it', async () => {
  await show('values', 'ds_1');
  expect(pageText()).toContain('Shows ds_1');
  expect(document.title).toBe('Title of values · Quality · Heddle');
  expect(texts('.page-tabs a')).toEqual(['Title of owners', 'Title of values']);
  expect(texts('[aria-current]')).toEqual(['Title of values']);
  expect(all<HTMLAnchorElement>('.page-tabs a').map(({ pathname }) => pathname)).toEqual([
    '/quality/owners',
    '/quality/values',
  ]);
});

it('shows the first tab that the user may see', async () => {
  roles = ['viewer'];
  await show(undefined);
  expect(texts('.page-tabs a')).toEqual(['Title of values']);
  expect(pageText()).toContain('Shows a list');
});

it('says which role a tab needs, and does not show its content', async () => {
  roles = ['viewer'];
  await show('owners');
  expect(one('h1').textContent).toBe('Title of owners');
  expect(pageText()).toContain('Seeing title of owners needs the role owner');
  expect(pageText()).not.toContain('Shows');
});

it('says that an unknown tab is not found', async () => {
  await show('no-tab');
  expect(one('h1').textContent).toBe('Page not found');
});

it('has each tab once', () => {
  const ids = qualityTabs.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
