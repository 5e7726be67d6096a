/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { ConversationReply, ConversationsReply } from '@heddle/core';
import { act } from 'react';
import { readMe } from '../../data/access/me-store.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { undoStore } from '../../ui/states/undo-store.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { CachesSection } from './CachesSection.js';
import { ConversationsSection } from './ConversationsSection.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

const owner = { project: 'default', workflow: 'w', subject: 'user:ada' };
const stored = {
  id: 'c1',
  owner,
  title: 'support-42',
  turns: 3,
  level: 'confidential',
  createdAt: 1,
  updatedAt: 2,
} as const;
const internal = { level: 'internal', marks: [] } as const;
const said = (content: string) => ({ message: { role: 'user' as const, content }, label: internal, time: 1 });
const listed: ConversationsReply = { conversations: [stored], names: { 'user:ada': 'Ada' } };
const whole: ConversationReply = { ...stored, said: [said('Two'), said('Three')], next: 2 };
const me = {
  isSignInNeeded: false,
  hasUsers: false,
  principal: { id: 'local', kind: 'local', name: 'This machine', roles: { default: ['owner'] } },
};

let page: FakePage;
let calls: string[];
beforeEach(async () => {
  calls = [];
  page = openFakePage((method, path) => {
    calls.push(`${method} ${path}`);
    if (path === '/api/auth/me') return me;
    if (path.startsWith('/api/workflows')) return { workflows: [] };
    if (path.startsWith('/api/caches') && method === 'GET')
      return {
        caches: [{ project: 'default', name: 'prices', entries: 2, hits: 5, saved: { USD: 1.5 } }],
        hits: 5,
        saved: { USD: 1.5 },
      };
    if (path.startsWith('/api/caches')) return { cleared: 2 };
    if (method === 'DELETE') return { conversations: 1, turns: 3 };
    if (path.includes('/assign')) return {};
    if (path.startsWith('/api/conversations/c1'))
      return path.includes('before=2') ? { ...whole, said: [said('One')], next: undefined } : whole;
    if (path.includes('unassigned=true')) {
      const { owner: _owner, ...nobody } = stored;
      return { conversations: [{ ...nobody, title: 'of-before' }], names: {} };
    }
    return path.startsWith('/api/conversations') ? listed : undefined;
  });
  await readMe();
});
afterEach(() => page.leave());

async function show(element: React.ReactElement): Promise<void> {
  const session = { live: { onConnection: () => () => undefined, watchTopic: () => () => undefined } };
  await act(async () =>
    page.root.render(<SessionProvider value={session as unknown as Session}>{element}</SessionProvider>),
  );
}
const press = (name: string): Promise<void> =>
  act(async () =>
    [...document.querySelectorAll('button')]
      .findLast(({ textContent }) => textContent.trim().startsWith(name))
      ?.click(),
  );
const text = (): string => document.body.textContent ?? '';

it('lists conversations with their owner, opens their messages with labels, and shows older turns on demand', async () => {
  await show(<ConversationsSection />);
  expect(text()).toMatch(/support-42.*Ada.*3.*confidential/);
  await press('support-42');
  expect(text()).toMatch(/internal.*Two.*Three/);
  expect(text()).not.toContain('One');
  await press('Show older turns');
  expect(text()).toMatch(/One.*Two.*Three/);
  expect(text()).not.toContain('Show older turns');
  expect(document.querySelector('a[download]')?.getAttribute('href')).toBe('/api/conversations/export');
});

it('erases a conversation after a confirmation', async () => {
  await show(<ConversationsSection />);
  await press('Erase');
  expect(calls.filter((call) => call.startsWith('DELETE'))).toEqual([]);
  await press('Erase conversation');
  expect(calls.filter((call) => call.startsWith('DELETE'))).toEqual(['DELETE /api/conversations/c1?undo=true']);
  expect(undoStore.getState().offers).toMatchObject([{ what: expect.stringContaining('the conversation “') }]);
});

it('shows conversations without an owner, which can be assigned', async () => {
  await show(<ConversationsSection />);
  await press('Unassigned');
  expect(text()).toMatch(/of-before.*Unassigned/);
  await press('Assign');
  expect(document.querySelector('dialog h2')?.textContent).toBe('Assign “of-before”');
});

it('shows what caches saved, and clears one after a confirmation', async () => {
  await show(<CachesSection />);
  expect(text()).toMatch(/prices.*2.*5.*1\.50/);
  await press('Clear');
  await press('Clear cache');
  expect(calls).toContain('DELETE /api/caches?name=prices&workflow=');
});
