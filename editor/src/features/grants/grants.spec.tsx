/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { GrantReply, GrantUse, ProjectReply } from '@heddle/core';
import { act, type ReactElement } from 'react';
import { readMe } from '../../data/access/me-store.js';
import { projectStore } from '../../data/access/project-store.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { createViewStore } from '../view/view-store.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { breaksOf } from './grant-text.js';
import { GrantLine } from './GrantLine.js';
import { GrantsSection } from './GrantsSection.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

const usedBy = (name: string, project: string, version?: number): GrantUse => ({
  workflowId: name,
  slug: name.toLowerCase(),
  name,
  project,
  ...(version === undefined ? {} : { version }),
});
const project = (id: string, name: string): ProjectReply => ({ id, name, roles: ['owner'], isManager: true });
const both = [project('default', 'Default'), project('b', 'Beta')];
const grant = (part: Partial<GrantReply> & Pick<GrantReply, 'kind' | 'id'>): GrantReply => ({
  projects: ['default'],
  uses: [],
  choices: both.map(({ id, name }) => ({ id, name })),
  ...part,
});
const far = grant({
  kind: 'connection',
  id: 'far',
  projects: ['default', 'b'],
  uses: [usedBy('Ask', 'default', 2), usedBy('Shop', 'b', 1), usedBy('Later', 'b')],
});

let page: FakePage;
let session: Session;
let all: readonly GrantReply[];
let sent: { readonly path: string; readonly body: unknown }[];
let role: string;

beforeEach(() => {
  [all, sent, role] = [[far], [], 'owner'];
  page = openFakePage((method, path, body) => {
    if (path === '/api/auth/me')
      return {
        isSignInNeeded: true,
        hasUsers: true,
        principal: { id: 'user:u', kind: 'user', name: 'Una', roles: { default: [role], b: [role] } },
      };
    if (method === 'PUT') {
      sent.push({ path, body });
      return { ...far, ...(body as object), breaks: [usedBy('Shop', 'b', 1)] };
    }
    if (path === '/api/grants') return { grants: all };
    return path.startsWith('/api/grants/') ? all.find(({ id }) => path.endsWith(`/${id}`)) : undefined;
  });
  session = {
    live: { onConnection: () => () => undefined },
    view: createViewStore(),
  } as unknown as Session;
});
afterEach(() => {
  page.leave();
  projectStore.setState({ projects: undefined });
});

async function show(element: ReactElement, projects: readonly ProjectReply[] = both): Promise<void> {
  projectStore.setState({ projects });
  await act(async () => {
    await readMe();
    page.root.render(<SessionProvider value={session}>{element}</SessionProvider>);
  });
}
const text = (): string => document.body.textContent;
const button = (name: string): HTMLButtonElement | undefined =>
  [...document.querySelectorAll('button')].find(({ textContent }) => textContent.trim().startsWith(name));
const press = (name: string): Promise<void> => act(async () => button(name)?.click());
const box = (name: string): HTMLInputElement | null | undefined =>
  [...document.querySelectorAll('dialog label')]
    .find(({ textContent }) => textContent.trim().startsWith(name))
    ?.querySelector('input');
const tick = (name: string): Promise<void> => act(async () => box(name)?.click());
const rowOf = (id: string): string =>
  [...document.querySelectorAll('tbody tr')].find((row) => row.textContent.includes(id))?.textContent ?? '';

describe('what a change breaks', () => {
  it('is each live version in a project that loses the thing, and no draft', () => {
    expect(breaksOf(far, ['default']).map(({ name }) => name)).toEqual(['Shop']);
    expect(breaksOf(far, []).map(({ name }) => name)).toEqual(['Ask', 'Shop']);
    expect(breaksOf(far, ['*'])).toEqual([]);
    expect(breaksOf({ ...far, projects: ['*'] }, ['b']).map(({ name }) => name)).toEqual(['Ask']);
  });

  it('is nothing in the project that owns the thing, and nothing that is broken already', () => {
    expect(breaksOf({ ...far, owner: 'b' }, ['default'])).toEqual([]);
    expect(breaksOf({ ...far, projects: ['default'] }, ['default'])).toEqual([]);
  });
});

describe('the page of grants', () => {
  it('shows by kind which projects may use a thing, and links to the workflows that use it', async () => {
    all = [far, grant({ kind: 'collection', id: 'faq', owner: 'b', projects: ['*'] })];
    await show(<GrantsSection />);
    expect([...document.querySelectorAll('h2')].map(({ textContent }) => textContent)).toEqual([
      'Connections',
      'Collections',
    ]);
    expect(rowOf('far')).toContain('DefaultBeta');
    expect(rowOf('faq')).toContain('Beta ownerAll projects');
    expect(rowOf('far')).toContain('Shop version 1, live, in Beta');
    expect([...document.querySelectorAll('li a')].map((link) => link.getAttribute('href'))).toEqual([
      '/workflows/ask/versions?to=2',
      '/workflows/shop/versions?to=1',
      '/workflows/later',
    ]);
  });

  it('marks workflows whose project may no longer use a thing', async () => {
    all = [{ ...far, projects: ['default'] }];
    await show(<GrantsSection />);
    expect(
      [...document.querySelectorAll('[data-part=refused]')].map((mark) => mark.parentElement?.textContent),
    ).toEqual(['Shop version 1, live, in Beta not granted: calls are refused', 'Later draft, in Beta not granted']);
  });

  it('says before a change what it breaks, sends it, and names the versions that the server reports as broken', async () => {
    await show(<GrantsSection />);
    await press('Change');
    expect(document.querySelector('.grant-breaks')).toBeNull();
    await tick('Beta');
    expect(document.querySelector('.grant-breaks')?.textContent).toContain('version 1 of “Shop” in Beta');
    await press('Save and break them');
    expect(sent).toEqual([{ path: '/api/grants/connection/far', body: { projects: ['default'] } }]);
    expect(session.view.getState().toast).toEqual({
      text: 'Version 1 of “Shop” in Beta cannot be called any more.',
      isRefusal: true,
    });
    expect(document.querySelector('dialog')).toBeNull();
  });

  it('replaces a grant to all projects by one to each project, and goes back without a loss', async () => {
    all = [{ ...far, projects: ['*'] }];
    await show(<GrantsSection />);
    await press('Change');
    expect(box('Default')).toBeUndefined();
    await tick('All projects');
    expect([box('Default')?.checked, box('Beta')?.checked]).toEqual([true, true]);
    await tick('All projects');
    await press('Save');
    expect(sent[0]?.body).toEqual({ projects: ['*'] });
  });

  it('keeps a project that the user does not belong to', async () => {
    all = [{ ...far, projects: ['default', 'x'], choices: [...far.choices, { id: 'x', name: 'Hidden' }] }];
    await show(<GrantsSection />);
    await press('Change');
    expect(box('Hidden')?.checked).toBe(true);
    await tick('Beta');
    await press('Save');
    expect(sent[0]?.body).toEqual({ projects: ['default', 'x', 'b'] });
  });

  it('folds models that nothing uses, and finds them by a search', async () => {
    const models = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'].map((id) =>
      grant({ kind: 'model', id, uses: id === 'one' ? [usedBy('Ask', 'default')] : [] }),
    );
    all = [far, ...models];
    await show(<GrantsSection />);
    expect([rowOf('one') === '', rowOf('two')]).toEqual([false, '']);
    const field = document.querySelector<HTMLInputElement>('input[type=search]');
    const search = (query: string): void =>
      act(() => {
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, query);
        field?.dispatchEvent(new Event('input', { bubbles: true }));
      });
    search('seven');
    expect(document.querySelectorAll('tbody tr')).toHaveLength(1);
    search('nowhere');
    expect(text()).toContain('No item matches.');
    search('');
    await press('And 7 models that are not used');
    expect(rowOf('two')).not.toBe('');
  });

  it('says that there is nothing to do while there is one project', async () => {
    all = [grant({ kind: 'connection', id: 'far', uses: [usedBy('Ask', 'default', 2)] })];
    await show(<GrantsSection />, [project('default', 'Default')]);
    expect(text()).toContain('Everything here belongs to the project Default. Grants need a second project.');
    expect(text()).toContain('Ask version 2, live');
    expect(button('Change')).toBeUndefined();
  });

  it('needs the right to manage grants', async () => {
    role = 'editor';
    await show(<GrantsSection />);
    expect(text()).toContain('Managing grants needs the role owner');
  });
});

describe('the line on the page of a thing', () => {
  const line = <GrantLine kind="connection" id="far" title="Far away" />;

  it('names the projects and opens the dialog', async () => {
    await show(line);
    expect(document.querySelector('.grant-line')?.textContent).toContain('Granted to: DefaultBeta');
    await press('Change');
    expect(document.querySelector('dialog h2')?.textContent).toBe('Projects that may use “Far away”');
  });

  it.each([
    ['one project', 'owner', [project('default', 'Default')]],
    ['a user who may not grant', 'editor', both],
  ])('is hidden for %s', async (_who, given, projects) => {
    role = given;
    await show(line, projects);
    expect(text()).toBe('');
  });

  it('is hidden when the server does not return the grant', async () => {
    all = [];
    await show(line);
    expect(text()).toBe('');
  });
});
