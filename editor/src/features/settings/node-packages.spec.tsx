/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { NodePackage } from '@heddle/core';
import { act } from 'react';
import { readMe } from '../../data/access/me-store.js';
import { createCatalogStore } from '../document/catalog-store.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { NodePackagesSection } from './NodePackagesSection.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

const installed: NodePackage = {
  name: '@acme/own-nodes',
  source: 'installed',
  version: '1.0.0',
  integrity: 'sha512-',
  types: ['acme/own'],
  state: 'ready',
};
let page: FakePage;
let calls: string[];
let role: string;
beforeEach(async () => {
  calls = [];
  role = 'owner';
  page = openFakePage((method, path) => {
    calls.push(`${method} ${path}`);
    if (path === '/api/me' || path.endsWith('/auth/me')) {
      const principal = { id: 'user:1', kind: 'user', name: 'Ada', roles: { default: [role] } };
      return { isSignInNeeded: true, hasUsers: true, principal };
    }
    if (method === 'GET' && path === '/api/node-packages') return { packages: [installed], confinement: 'well' };
    if (method === 'POST') return installed;
    return path === '/api/nodes' ? { nodes: [] } : undefined;
  });
});
afterEach(() => page.leave());

async function show(): Promise<void> {
  await act(() => readMe());
  const session = {
    live: { onConnection: () => () => undefined, watchTopic: () => () => undefined },
    catalog: createCatalogStore(),
  };
  await act(async () =>
    page.root.render(
      <SessionProvider value={session as unknown as Session}>
        <NodePackagesSection />
      </SessionProvider>,
    ),
  );
}
const press = (name: string): Promise<void> =>
  act(async () =>
    [...document.querySelectorAll('button')].find(({ textContent }) => textContent.trim() === name)?.click(),
  );
function type(text: readonly string[]): void {
  for (const [index, field] of document.querySelectorAll<HTMLInputElement>('form input').entries())
    act(() => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, text[index]);
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
}

it('shows an owner the installed packages, and installs one that has a name, a version and a hash', async () => {
  await show();
  expect(document.querySelector('.row')?.textContent).toContain('@acme/own-nodes 1.0.0acme/own');
  await press('Install package');
  type(['@acme/own-nodes', 'latest', `sha512-${'A'.repeat(86)}==`]);
  await press('Install');
  expect(document.querySelector('dialog [role=alert]')?.textContent).toContain('one version, such as 1.2.0');
  expect(calls).not.toContain('POST /api/node-packages');
  type(['@acme/own-nodes', '1.0.0', `sha512-${'A'.repeat(86)}==`]);
  await press('Install');
  expect(calls).toContain('POST /api/node-packages');
  // The palette is loaded again.
  expect(calls).toContain('GET /api/nodes');
  expect(document.querySelector('dialog')).toBeNull();
});

it('requests nothing for a user who may not manage packages', async () => {
  role = 'editor';
  await show();
  expect(document.body.textContent).toContain('needs the role owner');
  expect(calls).not.toContain('GET /api/node-packages');
});
