/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseDocument, ShareConfig } from '@heddle/core';
import { act } from 'react';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { ApiPage } from './ApiPage.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

const draft = parseDocument({ heddle: 2, name: 'Test', nodes: {}, edges: [] });
const version = {
  workflowId: 'w',
  version: 1,
  hash: 'sha256:0',
  author: 'local',
  note: '',
  publishedAt: 1,
  references: [],
  dataMap: [],
};
const link = (id: string) => ({
  ...ShareConfig.parse({ name: id }),
  id,
  workflowId: 'w',
  owner: 'local',
  createdAt: 1,
  kind: 'chat',
  runsToday: 0,
  uploadedToday: 0,
});
let page: FakePage;
let links: string[];
let versions: unknown[];

const replies: Readonly<Record<string, () => unknown>> = {
  '/api/workflows/w': () => ({ id: 'w', slug: 'w', revision: 1, updatedAt: 1, document: draft }),
  '/api/workflows/w/versions': () => ({ versions }),
  '/api/workflows/w/shares': () => ({ shares: links.map(link) }),
};

async function show(): Promise<void> {
  const session = {
    autosave: { flush: async () => undefined },
    runs: { leave: () => undefined },
    live: { onConnection: () => () => undefined },
  } as unknown as Session;
  await act(async () =>
    page.root.render(
      <SessionProvider value={session}>
        <ApiPage workflow="w" />
      </SessionProvider>,
    ),
  );
}

beforeEach(() => {
  [links, versions] = [[], [version]];
  page = openFakePage((method, path) => {
    if (method !== 'DELETE') return replies[path]?.();
    links = links.filter((id) => path !== `/api/workflows/w/shares/${id}`);
    return {};
  });
});
afterEach(() => {
  page.leave();
});

const section = (): HTMLElement | null => document.querySelector('[aria-label=Share]');
const buttons = (): (string | null)[] =>
  [...(section()?.querySelectorAll('button') ?? [])].map(({ textContent }) => textContent);
const press = (name: string): Promise<void> =>
  act(async () => [...document.querySelectorAll('button')].find(({ textContent }) => textContent === name)?.click());

describe('a workflow without a live version', () => {
  it('shows its share links, says that they do not work now, and lets each be revoked', async () => {
    links = ['intranet', 'shop'];
    await show();
    expect(section()?.textContent).toContain('These links do not work until a version of the workflow is live again.');
    expect(buttons()).toEqual(['Renew intranet', 'Revoke intranet', 'Renew shop', 'Revoke shop']);
    await press('Revoke intranet');
    await press('Revoke link');
    expect(buttons()).toEqual(['Renew shop', 'Revoke shop']);
  });

  it('shows no links when there are none, and leads to its versions', async () => {
    await show();
    expect(section()).toBeNull();
    expect(document.querySelector('.empty a')?.getAttribute('href')).toBe('/workflows/w/versions');
  });

  it('leads to the canvas when it was never published', async () => {
    versions = [];
    await show();
    expect(document.querySelector('.empty a')?.getAttribute('href')).toBe('/workflows/w');
  });
});
