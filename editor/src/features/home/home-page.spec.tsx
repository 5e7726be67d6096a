/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ProjectReply } from '@heddle/core';
import { act } from 'react';
import { readMe } from '../../data/access/me-store.js';
import { projectStore, readProjects } from '../../data/access/project-store.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { HomePage } from './HomePage.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

let page: FakePage;
let project: ProjectReply;
let sent: string[];

const lists: Readonly<Record<string, unknown>> = {
  '/api/workflows': { workflows: [] },
  '/api/models': { models: [] },
  '/api/collections': { collections: [] },
  '/api/runs?limit=50': { runs: [] },
};

function replyOf(method: string, path: string): unknown {
  if (method === 'DELETE' && path === '/api/projects/p/archive') {
    const { archivedAt: _gone, ...open } = project;
    project = open;
    return project;
  }
  if (path === '/api/projects') return { projects: [project] };
  if (path === '/api/auth/me')
    return {
      isSignInNeeded: true,
      hasUsers: true,
      principal: { id: 'user:u', kind: 'user', name: 'Una', roles: { p: project.roles } },
    };
  return lists[path];
}

beforeEach(() => {
  sent = [];
  page = openFakePage((method, path) => {
    sent.push(`${method} ${path}`);
    return replyOf(method, path);
  });
});
afterEach(() => {
  page.leave();
  projectStore.setState({ projects: undefined });
});

async function show(facts: Partial<ProjectReply>): Promise<void> {
  project = { id: 'p', name: 'Shop', roles: ['owner'], isManager: true, ...facts };
  const live = createLiveClient(createFakeSocket());
  const session = { live, runs: { leave: () => undefined } } as unknown as Session;
  await readProjects();
  await readMe();
  await act(async () =>
    page.root.render(
      <SessionProvider value={session}>
        <HomePage />
      </SessionProvider>,
    ),
  );
}
const text = (): string => document.body.textContent ?? '';
const button = (name: string): HTMLButtonElement | undefined =>
  [...document.querySelectorAll('button')].find(({ textContent }) => textContent?.trim() === name);
const press = (name: string): Promise<void> => act(async () => button(name)?.click());

const linksTo = (address: string): readonly (string | null)[] =>
  [...document.querySelectorAll(`a[href='${address}']`)].map(({ textContent }) => textContent);

describe('the home of a project', () => {
  it('says what Heddle is, and offers three ways to start', async () => {
    await show({});
    expect(text()).toContain('Heddle runs AI workflows on your own machine');
    expect([...document.querySelectorAll('.start h2')].map(({ textContent }) => textContent)).toEqual([
      'Chat with documents',
      'Agent with tools',
      'Blank canvas',
    ]);
    expect(text()).not.toContain('archived');
    expect(button('New workflow')).toBeDefined();
    expect(linksTo('/templates')).toContain('Start from a template');
    expect(linksTo('/templates?show=ask-the-handbook')).toEqual(['Try it with sample documents']);
  });

  it('that is empty shows a picture, a sentence and a first step for each part', async () => {
    await show({});
    const states = [...document.querySelectorAll('.empty-state')];
    expect(states.map((state) => state.querySelector('a')?.textContent)).toEqual([
      'Browse templates',
      'Try a template',
      'Create a collection',
      'Open models',
    ]);
    expect(states.every((state) => state.querySelector('svg') !== null)).toBe(true);
  });

  it('that is archived says so, offers no start, and can be restored by its manager', async () => {
    await show({ archivedAt: 1 });
    expect(text()).toContain('This project is archived.');
    expect(text()).not.toMatch(/Chat with documents|Browse templates|Try a template|Create a collection/);
    expect(button('New workflow')).toBeUndefined();
    await press('Restore project');
    await act(async () =>
      [...document.querySelectorAll<HTMLButtonElement>('dialog button')]
        .find(({ textContent }) => textContent?.trim() === 'Restore project')
        ?.click(),
    );
    expect(sent).toContain('DELETE /api/projects/p/archive');
    expect(text()).not.toContain('This project is archived.');
    expect(text()).toContain('Chat with documents');
  });

  it('that is archived says to others who can restore it', async () => {
    await show({ archivedAt: 1, roles: ['viewer'], isManager: false });
    expect(text()).toContain('A manager of the project can restore it.');
    expect(button('Restore project')).toBeUndefined();
  });

  it('offers a viewer no start', async () => {
    await show({ roles: ['viewer'], isManager: false });
    expect(text()).toContain('No workflows yet.');
    expect(text()).not.toMatch(/Chat with documents|Browse templates/);
    expect(document.querySelector('.starts')).toBeNull();
  });
});
