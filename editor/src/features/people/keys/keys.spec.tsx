/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { KeyReply, ProjectReply } from '@heddle/core';
import { act, type ReactElement } from 'react';
import { readMe } from '../../../data/access/me-store.js';
import { projectStore } from '../../../data/access/project-store.js';
import { SessionProvider } from '../../session/SessionProvider.js';
import type { Session } from '../../session/session.js';
import { openFakePage, type FakePage } from '../../../ui/testing/fake-page.js';
import { KeysSection } from './KeysSection.js';
import { ProjectDialogs } from '../projects/ProjectDialogs.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

const key: KeyReply = {
  id: 'k1',
  prefix: 'hk_1',
  name: 'shop',
  owner: 'local',
  project: 'default',
  createdAt: 1,
  scopes: { permissions: ['run:published', 'settings:read'], ratePerMinute: 5, workflows: ['w'] },
  narrowedFrom: ['run:start', 'run:read'],
};
const project: ProjectReply = { id: 'default', name: 'Default', roles: ['owner'], isManager: true };
let page: FakePage;
let sent: { readonly method: string; readonly path: string; readonly body: unknown }[];

beforeEach(() => {
  sent = [];
  page = openFakePage((method, path, body) => {
    if (method !== 'GET') sent.push({ method, path, body });
    if (path === '/api/auth/me') return { isSignInNeeded: false, hasUsers: false };
    if (path === '/api/keys') return { keys: [key] };
    if (method === 'PATCH') return key;
    return path === '/api/projects' ? project : undefined;
  });
  projectStore.setState({ projects: [project] });
});
afterEach(() => {
  page.leave();
  projectStore.setState({ projects: undefined });
});

async function show(element: ReactElement): Promise<void> {
  const session = { live: { onConnection: () => () => undefined } } as unknown as Session;
  await act(async () => {
    await readMe();
    page.root.render(<SessionProvider value={session}>{element}</SessionProvider>);
  });
}
const press = (name: string): Promise<void> =>
  act(async () =>
    [...document.querySelectorAll('button')]
      .findLast(({ textContent }) => textContent.trim().startsWith(name))
      ?.click(),
  );
const box = (text: string): HTMLInputElement | null | undefined =>
  [...document.querySelectorAll('dialog label')]
    .find(({ textContent }) => textContent.includes(text))
    ?.querySelector('input');

it('a key that an upgrade narrowed says so, and names its earlier rights', async () => {
  await show(<KeysSection />);
  const row = document.querySelector('tbody tr')?.textContent;
  expect(row).toContain('Narrowed by an upgrade');
  expect(row).toContain('Before: Run drafts and any document · List runs with their public outputs');
});

it('the rights of a key are changed, and its other limits stay', async () => {
  await show(<KeysSection />);
  await press('Change rights');
  expect(box('settings:read')?.checked).toBe(true);
  await act(async () => box('run:draft')?.click());
  await press('Change rights');
  const { permissions, ...rest } = key.scopes;
  expect(sent).toEqual([
    {
      method: 'PATCH',
      path: '/api/keys/k1',
      body: { scopes: { ...rest, permissions: [...permissions, 'run:draft'] } },
    },
  ]);
  expect(document.querySelector('dialog')).toBeNull();
});

it('a key that builds has a clearance, which is removed with that right', async () => {
  await show(<KeysSection />);
  await press('Change rights');
  expect(document.querySelector('dialog select')).toBeNull();
  await act(async () => box('workflow:build')?.click());
  const field = document.querySelector<HTMLSelectElement>('dialog select');
  expect(field?.value).toBe('internal');
  await act(async () => {
    if (field !== null) field.value = 'public';
    field?.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await press('Change rights');
  await press('Change rights');
  await act(async () => box('workflow:build')?.click());
  await act(async () => box('workflow:build')?.click());
  await press('Change rights');
  const permissions = [...key.scopes.permissions, 'workflow:build'];
  expect(sent.map(({ body }) => body)).toMatchObject([
    { scopes: { permissions, clearance: 'public' } },
    { scopes: { permissions: key.scopes.permissions } },
  ]);
  expect((sent[1]?.body as { scopes: object }).scopes).not.toHaveProperty('clearance');
});

it('a key is not left without rights', async () => {
  await show(<KeysSection />);
  await press('Change rights');
  await act(async () => box('run:published')?.click());
  await act(async () => box('settings:read')?.click());
  await press('Change rights');
  expect(document.querySelector('dialog [role=alert]')?.textContent).toContain('Choose at least one right');
  expect(sent).toEqual([]);
});

it.each([
  [true, { name: 'Shop', grantsFrom: 'default' }],
  [false, { name: 'Shop' }],
])('a new project copies the grants of this one if wanted: %s', async (isWanted, body) => {
  await show(<ProjectDialogs dialog={{ kind: 'new' }} onChanged={() => undefined} onClose={() => undefined} />);
  const field = document.querySelector<HTMLInputElement>('dialog input');
  act(() => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, 'Shop');
    field?.dispatchEvent(new Event('input', { bubbles: true }));
  });
  expect(box('Copy grants from Default')?.checked).toBe(true);
  if (!isWanted) await act(async () => box('Copy grants from Default')?.click());
  await press('Create project');
  expect(sent).toEqual([{ method: 'POST', path: '/api/projects', body }]);
});
