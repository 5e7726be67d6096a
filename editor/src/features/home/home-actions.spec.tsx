/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ProjectReply, RunSummary, WorkflowSummary } from '@heddle/core';
import { act } from 'react';
import { meStore } from '../../data/access/known-me.js';
import { projectStore, readProjects } from '../../data/access/project-store.js';
import { readMe } from '../../data/access/me-store.js';
import { createFakeSocket, type FakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { all, buttonNamed, one, pageText, pressButton, texts, type } from '../../ui/testing/fake-person.js';
import { undoStore } from '../../ui/states/undo-store.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { HomePage } from './HomePage.js';
import { copyName, importFile } from './new-workflow.js';
import { RenameWorkflow } from './RenameWorkflow.js';
import { WorkflowMenu } from './WorkflowMenu.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}
const workflow = (id: string, more: Partial<WorkflowSummary> = {}): WorkflowSummary => ({
  id,
  slug: id,
  name: `Workflow ${id}`,
  nodes: 2,
  issues: 0,
  updatedAt: 1,
  ...more,
});
const runOf = (runId: string, more: Partial<RunSummary> = {}): RunSummary => ({
  runId,
  workflowName: 'Orders',
  status: 'done',
  trigger: 'editor',
  acceptedAt: 1,
  startedAt: 1,
  endedAt: 1001,
  inputTokens: 0,
  outputTokens: 0,
  cost: 0,
  lastSeq: 1,
  ...more,
});
const stored = { heddle: 2, name: 'Workflow a', nodes: {}, edges: [] };

let page: FakePage;
let socket: FakeSocket;
let sent: Sent[];
let replies: Record<string, unknown>;
let refusal: { readonly status: number; readonly body?: unknown };
const refuse = (status: number, code: string, message: string): void => {
  refusal = { status, body: { error: { code, message, retryable: false } } };
};

beforeEach(() => {
  sent = [];
  refusal = { status: 404 };
  socket = createFakeSocket();
  const reply = { id: 'a', slug: 'a', revision: 4, updatedAt: 1, document: stored };
  replies = {
    'GET /api/workflows': { workflows: [] },
    'GET /api/models': { models: [] },
    'GET /api/collections': { collections: [] },
    'GET /api/runs?limit=50': { runs: [] },
    'GET /api/workflows/a': reply,
    'PUT /api/workflows/a': { ...reply, revision: 5 },
    'POST /api/workflows': { ...reply, id: 'new', slug: 'new-workflow' },
    'DELETE /api/workflows/a?undo=true': {},
    'POST /api/workflows/a/restore': { id: 'a' },
  };
  page = openFakePage(
    (method, path, body) => {
      sent.push({ method, path, body });
      if (path === '/api/projects') return { projects: [project()] };
      if (path === '/api/auth/me')
        return {
          isSignInNeeded: true,
          hasUsers: true,
          principal: { id: 'user:u', kind: 'user', name: 'Una', roles: { p: project().roles } },
        };
      return replies[`${method} ${path}`];
    },
    () => refusal,
  );
});
let roles: ProjectReply['roles'] = ['owner'];
const project = (): ProjectReply => ({ id: 'p', name: 'Shop', roles, isManager: true });
afterEach(() => {
  undoStore.setState({ offers: [] });
  page.leave();
  roles = ['owner'];
  projectStore.setState({ projects: undefined });
  meStore.setState({ me: undefined });
  window.history.replaceState(null, '', '/');
});

async function show(element = <HomePage />): Promise<void> {
  const live = createLiveClient(socket);
  const session = { live, runs: { leave: () => undefined } } as unknown as Session;
  await readProjects();
  await readMe();
  await act(async () => page.root.render(<SessionProvider value={session}>{element}</SessionProvider>));
}
const written = (): readonly Sent[] => sent.filter(({ method }) => method !== 'GET');
const section = (name: string): HTMLElement | undefined =>
  all('section').find((candidate) => candidate.querySelector('h2')?.textContent === name);

describe('the workflows on the home page', () => {
  it('are cards with a link, their size and their issues', async () => {
    replies['GET /api/workflows'] = {
      workflows: [
        workflow('a', { nodes: 1, issues: 1, updatedAt: 3 }),
        workflow('b', { nodes: 12_000, issues: 7, updatedAt: 2, description: 'Sorts orders.' }),
        workflow('c', { nodes: 0, issues: 3, updatedAt: 1 }),
      ],
    };
    await show();
    expect(texts('.tile-title')).toEqual(['Workflow a', 'Workflow b', 'Workflow c']);
    expect(texts('.tile-text')).toEqual(['No description yet.', 'Sorts orders.', 'No description yet.']);
    expect(texts('.tile-foot').map((caption) => caption.replace(/[\s,.]/g, ''))).toEqual([
      '1node1issue',
      '12000nodes7issues',
      '0nodes',
    ]);
    expect(all<HTMLAnchorElement>('a.tile').map(({ pathname }) => pathname.split('/').at(-1))).toEqual(['a', 'b', 'c']);
  });

  it('show markup in a name as text', async () => {
    replies['GET /api/workflows'] = { workflows: [workflow('a', { name: '<img src=x onerror=alert(1)>' })] };
    await show();
    expect(texts('.tile-title')).toEqual(['<img src=x onerror=alert(1)>']);
    expect(all('img')).toEqual([]);
  });

  it('that cannot be read say why, beside the other sections', async () => {
    delete replies['GET /api/workflows'];
    refuse(403, 'forbidden', 'This needs the role viewer.');
    await show();
    expect(section('Workflows')?.textContent).toContain('This needs the role viewer.');
    expect(section('Models')?.textContent).toContain('No models are known.');
    replies['GET /api/workflows'] = { workflows: [workflow('a')] };
    await pressButton('Retry');
    expect(texts('.tile-title')).toEqual(['Workflow a']);
  });

  it('are loaded again when a run starts or ends, and not while its status stays the same', async () => {
    await show();
    await act(async () => {
      socket.connect();
      socket.answer();
    });
    const reads = (): number => sent.filter(({ path }) => path === '/api/workflows').length;
    await act(async () => socket.send('runs', [runOf('r', { status: 'running' })]));
    const before = reads();
    await act(async () => socket.send('runs', [runOf('r', { status: 'running', lastSeq: 2 })]));
    expect(reads()).toBe(before);
    await act(async () => socket.send('runs', [runOf('r', { status: 'done', lastSeq: 3 })]));
    expect(reads()).toBe(before + 1);
  });
});

describe('recent runs', () => {
  it('are the newest eight, with their failure or their trigger', async () => {
    const runs = Array.from({ length: 30 }, (_none, index) => runOf(`r${index}`, { trigger: 'schedule' }));
    replies['GET /api/runs?limit=50'] = {
      runs: [
        runOf('bad', {
          status: 'failed',
          error: { code: 'node_failed', message: 'It broke.', retryable: false },
        }),
        ...runs,
      ],
    };
    await show();
    const rows = [...(section('Recent runs')?.querySelectorAll('li') ?? [])].map(({ textContent }) => textContent);
    expect(rows).toHaveLength(8);
    expect(rows[0]).toContain('It broke.');
    expect(rows[1]).toContain('on schedule');
    expect(rows[1]).toContain('1.0 s');
  });
});

describe('a new workflow', () => {
  it('is stored with an input and an output that are connected, and opened', async () => {
    await show();
    await pressButton('New workflow');
    const [request] = written();
    expect(request).toMatchObject({
      method: 'POST',
      path: '/api/workflows',
      body: { document: { edges: [{ from: 'input.text', to: 'output.text' }] } },
    });
    expect(window.location.pathname).toContain('new-workflow');
  });

  it('that the server refuses says why, and can be tried again', async () => {
    delete replies['POST /api/workflows'];
    refuse(409, 'conflict', 'The project is full.');
    await show();
    await pressButton('New workflow');
    expect(one('.new-workflow [role=alert]').textContent).toContain('The project is full.');
    expect(buttonNamed('New workflow')?.disabled).toBe(false);
    expect(window.location.pathname).toBe('/');
  });

  it('is not offered to a viewer', async () => {
    roles = ['viewer'];
    await show();
    expect(buttonNamed('New workflow')).toBeUndefined();
    expect(pageText()).toContain('No workflows yet.');
  });
});

describe('a file to import', () => {
  const file = (text: string, size = text.length) => ({ name: 'order.json', size, text: () => Promise.resolve(text) });

  it('is stored as the workflow that it contains', async () => {
    await importFile(file(JSON.stringify(stored)));
    expect(written()[0]).toMatchObject({ path: '/api/workflows', body: { document: { name: 'Workflow a' } } });
  });

  it.each([
    ['is no JSON', 'hello'],
    ['is empty', ''],
    ['is no workflow', '{"heddle":2}'],
    ['is of a later version', JSON.stringify({ ...stored, heddle: 99 })],
  ])('that %s is refused with its name, and nothing is sent', async (_what, text) => {
    await expect(importFile(file(text))).rejects.toMatchObject({
      code: 'document_unreadable',
      message: expect.stringContaining('order.json: ') as unknown as string,
    });
    expect(written()).toEqual([]);
  });

  it('that is too large is not even read', async () => {
    const huge = { ...file('{}', 20_000_001), text: () => Promise.reject(new Error('It was read.')) };
    await expect(importFile(huge)).rejects.toMatchObject({
      message: 'order.json is too large. A workflow file has at most 20 MB.',
    });
  });
});

describe('a workflow that is renamed', () => {
  const closed: string[] = [];
  const dialog = (
    <RenameWorkflow
      workflow={workflow('a')}
      onClose={() => closed.push('closed')}
      onRenamed={() => closed.push('renamed')}
    />
  );
  beforeEach(() => void (closed.length = 0));
  const submit = (): Promise<void> =>
    act(async () => void one('form').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true })));

  it('keeps everything but its name, and names the revision that it knows', async () => {
    await show(dialog);
    const fetchBefore = globalThis.fetch;
    const revisions: (string | null)[] = [];
    globalThis.fetch = (path, init) => {
      if (init?.method === 'PUT') revisions.push(new Headers(init.headers).get('if-match'));
      return fetchBefore(path, init);
    };
    await type(one('input'), '  Orders  ');
    await submit();
    expect(written()).toEqual([
      { method: 'PUT', path: '/api/workflows/a', body: { document: { ...stored, name: 'Orders' } } },
    ]);
    expect(revisions).toEqual(['"4"']);
    expect(closed).toEqual(['closed', 'renamed']);
  });

  it('keeps its dialog open when another user saves it at the same time', async () => {
    delete replies['PUT /api/workflows/a'];
    refuse(409, 'conflict', 'Revision 5 is newer.');
    await show(dialog);
    await type(one('input'), 'Orders');
    await submit();
    expect(one('[role=alert]').textContent).toContain('Revision 5 is newer.');
    expect([closed, one<HTMLInputElement>('input').value]).toEqual([[], 'Orders']);
  });

  it('needs a name', async () => {
    await show(dialog);
    await type(one('input'), '   ');
    expect(buttonNamed('Rename')?.disabled).toBe(true);
    expect(one<HTMLInputElement>('input').maxLength).toBe(200);
  });
});

describe('the menu of a workflow', () => {
  const said: unknown[] = [];
  const menu = (
    <WorkflowMenu
      workflow={workflow('a')}
      start={{ isOpened: true, hasFocus: false }}
      onChanged={() => said.push('changed')}
      onError={(reason) => said.push(reason)}
    />
  );
  beforeEach(() => void (said.length = 0));
  const pick = (name: string): Promise<void> =>
    act(async () =>
      all('[role=menuitem]')
        .find(({ textContent }) => textContent?.trim() === name)
        ?.click(),
    );

  it('offers a viewer no changes', async () => {
    roles = ['viewer'];
    await show(menu);
    expect(texts('[role=menuitem]')).toEqual(['Export as file']);
  });

  it('duplicates a workflow under the name of a copy', async () => {
    await show(menu);
    expect(texts('[role=menuitem]')).toEqual(['Rename', 'Duplicate', 'Export as file', 'Delete']);
    await pick('Duplicate');
    expect(written()).toEqual([
      { method: 'POST', path: '/api/workflows', body: { document: { ...stored, name: 'Workflow a (copy)' } } },
    ]);
    expect(said).toEqual(['changed']);
  });

  it('reports a copy that was refused', async () => {
    delete replies['POST /api/workflows'];
    refuse(403, 'forbidden', 'Not for you.');
    await show(menu);
    await pick('Duplicate');
    expect(said).toMatchObject([{ code: 'forbidden', message: 'Not for you.' }]);
  });

  it('deletes only after a confirmation, shows a refusal, and offers to restore', async () => {
    await show(menu);
    await pick('Delete');
    expect([texts('dialog h2'), written()]).toEqual([['Delete “Workflow a”?'], []]);
    delete replies['DELETE /api/workflows/a?undo=true'];
    refuse(409, 'conflict', 'A trigger uses it.');
    await pressButton('Delete workflow');
    expect(one('dialog [role=alert]').textContent).toContain('A trigger uses it.');
    replies['DELETE /api/workflows/a?undo=true'] = {};
    await pressButton('Delete workflow');
    expect([all('dialog'), said]).toEqual([[], ['changed']]);
    // The deletion can be undone; the list is then loaded again.
    replies['POST /api/workflows/a/restore'] = { id: 'a' };
    const [offer] = undoStore.getState().offers;
    expect(offer?.what).toBe('“Workflow a”');
    await offer?.restore();
    expect(written().at(-1)).toMatchObject({ method: 'POST', path: '/api/workflows/a/restore' });
    offer?.onRestored();
    expect(said).toEqual(['changed', 'changed']);
  });
});

it.each([
  ['Digest', 'Digest (copy)'],
  ['Digest (copy)', 'Digest (copy 2)'],
  ['Digest (copy 9)', 'Digest (copy 10)'],
  ['Digest (copy) of', 'Digest (copy) of (copy)'],
  ['', ' (copy)'],
  ['x'.repeat(200), `${'x'.repeat(190)} (copy)`],
])('a copy of “%s” gets a name of its own', (name, copy) => {
  expect(copyName(name)).toBe(copy);
});
