/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act, type ReactElement } from 'react';
import { meStore } from '../../data/access/known-me.js';
import { readMe } from '../../data/access/me-store.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import {
  all,
  buttonNamed,
  choose,
  one,
  pageText,
  press,
  pressButton,
  texts,
  type,
} from '../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { undoStore } from '../../ui/states/undo-store.js';
import { navigate } from '../../ui/navigation/route.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { AddToDataset } from './AddToDataset.js';
import { DatasetsPage } from './DatasetsPage.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

const version = (number: number, more: Record<string, unknown> = {}) => ({
  version: number,
  rows: 2,
  added: 1,
  removed: 0,
  erased: 0,
  who: 'local',
  note: '',
  createdAt: 1,
  ...more,
});
const row = (id: string, more: Record<string, unknown> = {}) => ({
  id,
  hash: 'h',
  inputs: { question: `Question ${id}` },
  expected: `Answer ${id}`,
  label: 'internal',
  ...more,
});
const info = {
  id: 'd',
  name: 'Questions',
  description: 'About things',
  version: 2,
  rows: 2,
  createdAt: 1,
  updatedAt: 1,
  versions: [version(2, { note: 'More', erased: 3 }), version(1)],
};

let page: FakePage;
let sent: { readonly method: string; readonly path: string; readonly body: unknown }[];
let replies: Record<string, unknown>;
let refusal: { readonly status: number; readonly body?: unknown };
let roles: readonly string[];
beforeEach(() => {
  sent = [];
  roles = ['owner'];
  refusal = { status: 404 };
  replies = {
    'GET /api/datasets/d': info,
    'GET /api/datasets/d/rows?version=2&limit=50': {
      rows: [row('a', { tags: ['x'] }), row('b', { split: 'test', label: 'restricted' })],
    },
    'GET /api/datasets/d/rows?limit=1': { rows: [row('a')] },
    'GET /api/datasets/d/rows/a?version=2': row('a', { run: 'run-1', references: [{ document: 'faq.md', grade: 1 }] }),
    'GET /api/datasets/d/facets?version=2': {
      splits: [
        { name: '', rows: 1 },
        { name: 'test', rows: 1 },
      ],
      tags: [{ name: 'x', rows: 1 }],
      labels: [],
    },
    'GET /api/datasets/d/difference?from=1&to=2': {
      from: 1,
      to: 2,
      added: 1,
      removed: 0,
      changed: 1,
      unchanged: 0,
      rows: [{ id: 'b', change: 'added' }],
    },
    'GET /api/datasets/d/problems?version=2': {
      duplicates: 2,
      leaks: 1,
      groups: [{ rows: ['a', 'b'], count: 2, splits: ['test', 'train'] }],
    },
    'POST /api/datasets/d/rows': {},
    'POST /api/datasets/d/problems/remove': { version: 3, removed: 1 },
  };
  page = openFakePage(
    (method, path, body) => {
      if (method !== 'GET') sent.push({ method, path, body });
      if (path === '/api/auth/me')
        return {
          isSignInNeeded: true,
          hasUsers: true,
          principal: { id: 'user:u', kind: 'user', name: 'Una', roles: { default: roles } },
        };
      return replies[`${method} ${path}`];
    },
    () => refusal,
  );
  navigate('/quality/datasets/d');
});
afterEach(() => {
  undoStore.setState({ offers: [] });
  page.leave();
  meStore.setState({ me: undefined });
  window.history.replaceState(null, '', '/');
});

async function show(element: ReactElement = <DatasetsPage item="d" tabs={<nav />} />): Promise<void> {
  const live = createLiveClient(createFakeSocket());
  await act(async () => {
    await readMe();
    page.root.render(<SessionProvider value={{ live } as unknown as Session}>{element}</SessionProvider>);
  });
}
const submit = (): Promise<void> =>
  act(async () => void one('dialog form').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true })));
const areas = (): HTMLElement[] => all('dialog textarea');

describe('the rows of a dataset', () => {
  it('are shown with question and label, and filtered by the address', async () => {
    await show();
    expect(one('h1').textContent).toBe('Questions');
    expect(texts('.dataset-open')).toEqual(['Question a', 'Question b']);
    expect(texts('.label-mark')).toEqual(['internal', 'restricted']);
    replies['GET /api/datasets/d/rows?version=2&limit=50&split=test'] = { rows: [row('b')] };
    await choose(one('.filters select'), 'test');
    expect(window.location.search).toBe('?split=test');
    expect(texts('.dataset-open')).toEqual(['Question b']);
  });

  it('name the documents that contain the answer, if any row has some', async () => {
    await show();
    expect(texts('thead th')).toEqual(['Inputs', 'Expected', 'Split', 'Tags', 'Label']);
    await act(async () => page.root.render(null));
    const references = [
      { document: 'faq.md', grade: 1 },
      { document: 'faq.md', grade: 2, text: 'x' },
      { document: 'other.md', grade: 0 },
    ];
    replies['GET /api/datasets/d/rows?version=2&limit=50'] = { rows: [row('a', { references }), row('b')] };
    await show();
    expect(texts('thead th')).toEqual(['Inputs', 'Expected', 'Documents', 'Split', 'Tags', 'Label']);
    expect(texts('tbody td:nth-child(3)')).toEqual(['faq.md', '–']);
  });

  it('are loaded page by page', async () => {
    replies['GET /api/datasets/d/rows?version=2&limit=50'] = { rows: [row('a')], next: 7 };
    replies['GET /api/datasets/d/rows?version=2&limit=50&after=7'] = { rows: [row('z')] };
    replies['GET /api/datasets/d/rows?version=2&after=7&limit=50'] = { rows: [row('z')] };
    await show();
    await pressButton('Show more rows');
    expect(texts('.dataset-open')).toEqual(['Question a', 'Question z']);
    expect(buttonNamed('Show more rows')).toBeUndefined();
  });

  it('say how to add the first ones', async () => {
    replies['GET /api/datasets/d'] = { ...info, version: 0, rows: 0, versions: [] };
    replies['GET /api/datasets/d/rows?version=0&limit=50'] = { rows: [] };
    await show();
    expect(pageText()).toContain('Drop a file on this page');
    expect(all('.filters')).toEqual([]);
    expect(buttonNamed('Export')?.disabled).toBe(true);
  });

  it('open in full under their own address, with markup as text', async () => {
    replies['GET /api/datasets/d/rows/a?version=2'] = row('a', {
      run: 'run-1',
      expected: '<img src=x onerror=alert(1)>',
    });
    await show();
    await press(one('.dataset-open'));
    expect(window.location.search).toBe('?row=a');
    expect(texts('dialog h3')).toEqual(['question', 'Expected answer']);
    expect(pageText()).toContain('<img src=x');
    expect(all('dialog img')).toEqual([]);
    expect(one<HTMLAnchorElement>('dialog a').pathname).toBe('/runs/run-1');
  });

  it('are edited on the base of the version in view, and show the conflict with a newer version', async () => {
    await show();
    await press(one('.dataset-open'));
    await pressButton('Edit row');
    await type(areas()[0] as HTMLElement, '{"question": ');
    await submit();
    expect(texts('dialog .field-error')[0]).toContain('This is not valid JSON');
    expect(sent).toEqual([]);
    await type(areas()[0] as HTMLElement, '{"question": "New?"}');
    replies['POST /api/datasets/d/rows'] = undefined;
    refusal = {
      status: 409,
      body: { error: { code: 'conflict', message: 'The dataset has version 3.', retryable: false } },
    };
    await submit();
    expect(pageText()).toContain('The dataset has version 3.');
    replies['POST /api/datasets/d/rows'] = {};
    await submit();
    expect(sent.at(-1)?.body).toEqual({
      set: [
        {
          id: 'a',
          inputs: { question: 'New?' },
          expected: 'Answer a',
          label: 'internal',
          run: 'run-1',
          references: [{ document: 'faq.md', grade: 1 }],
        },
      ],
      remove: [],
      base: 2,
      note: 'Row edited',
    });
    expect(all('dialog')).toEqual([]);
  });

  it('are added with the input names of the others, and removed', async () => {
    await show();
    await pressButton('Add row');
    expect((areas()[0] as HTMLTextAreaElement).value).toBe('{\n  "question": ""\n}');
    await submit();
    expect(sent.at(-1)?.body).toMatchObject({ set: [{ inputs: { question: '' }, label: 'internal' }], base: 2 });
    await press(one('.dataset-open'));
    await pressButton('Remove row');
    await pressButton('Remove row');
    expect(sent.at(-1)?.body).toEqual({ set: [], remove: ['a'], base: 2, note: 'Row removed' });
  });

  it('offer a viewer no changes', async () => {
    roles = ['viewer'];
    await show();
    for (const name of ['Import', 'Add row', 'Delete the dataset']) expect(buttonNamed(name)).toBeUndefined();
    await press(one('.dataset-open'));
    for (const name of ['Edit row', 'Remove row']) expect(buttonNamed(name)).toBeUndefined();
  });
});

describe('an import', () => {
  const file = (name: string, text: string) => new File([text], name);
  async function drop(...files: File[]): Promise<void> {
    const event = new Event('drop', { bubbles: true, cancelable: true });
    Object.assign(event, { dataTransfer: { types: ['Files'], items: [], files } });
    await act(async () => void one('main').dispatchEvent(event));
    await act(async () => new Promise((resolve) => setTimeout(resolve, 50)));
  }

  it('guesses the format of dropped files, and lists the lines that do not fit', async () => {
    await show();
    await drop(file('samples.jsonl', '{"input": "a", "ideal": "b"}\n'));
    expect(one<HTMLSelectElement>('dialog select').value).toBe('openai');
    expect(pageText()).toContain('samples.jsonl');
    refusal = {
      status: 422,
      body: {
        error: {
          code: 'dataset_invalid',
          message: 'samples.jsonl has rows that do not fit.\nLine 3: no\nLine 9: <b>',
          retryable: false,
        },
      },
    };
    await submit();
    expect(texts('.dataset-problems li')).toEqual(['Line 3: no', 'Line 9: <b>']);
    const path = 'POST /api/datasets/d/import?format=csv&mode=add&label=internal';
    replies[path] = { version: 3, added: 2, removed: 0, unchanged: 1 };
    await choose(one('dialog select'), 'csv');
    await submit();
    expect(`POST ${sent.at(-1)?.path}`).toBe(path);
    expect((sent.at(-1)?.body as FormData).getAll('file')).toHaveLength(1);
    expect(all('dialog')).toEqual([]);
    expect(pageText()).toContain('Version 3: 2 rows added, 0 removed, 1 unchanged.');
  });
});

describe('a dataset', () => {
  it('shows its versions with their difference', async () => {
    await show();
    await pressButton('Versions');
    expect(window.location.search).toBe('?show=versions');
    expect(pageText()).toContain('1 row added, 0 removed, 1 changed, 0 unchanged.');
    expect(texts('.row-title')).toEqual(['Version 2: More', 'Version 1']);
    expect(pageText()).toContain('3 erased later');
    replies['GET /api/datasets/d/rows?version=1&limit=50'] = { rows: [row('a')] };
    replies['GET /api/datasets/d/facets?version=1'] = { splits: [], tags: [], labels: [] };
    await press(all('.rows button')[1] as HTMLElement);
    expect(window.location.search).toBe('?version=1');
    expect(pageText()).toContain('You see version 1.');
  });

  it('shows its problems, whose rows can be removed', async () => {
    await show();
    await pressButton('Problems');
    expect(pageText()).toContain('2 rows too many');
    expect(texts('.row-title')).toEqual(['2 rows in test, train']);
    await pressButton('Remove leaks');
    expect(one<HTMLSelectElement>('dialog select').value).toBe('test');
    await pressButton('Remove rows');
    expect(sent.at(-1)?.body).toEqual({ of: 'leaks', keep: 'test', note: 'Leaks removed' });
    expect(pageText()).toContain('Version 3: 1 row removed.');
  });

  it('is deleted with an offer to undo it', async () => {
    replies['DELETE /api/datasets/d?undo=true'] = {};
    await show();
    await pressButton('Delete the dataset');
    await pressButton('Delete dataset');
    expect(window.location.pathname).toBe('/quality/datasets');
    expect(undoStore.getState().offers.map(({ what }) => what)).toEqual(['the dataset “Questions”']);
  });

  it('leads to all datasets when it does not exist', async () => {
    delete replies['GET /api/datasets/d'];
    await show();
    expect(texts('a')).toContain('All datasets');
  });
});

describe('adding runs', () => {
  it('creates a dataset when there is none, and reports the added rows, the labels and the skipped runs', async () => {
    replies['GET /api/datasets'] = { datasets: [] };
    replies['POST /api/datasets'] = { ...info, id: 'new' };
    replies['POST /api/datasets/new/runs'] = {
      version: 1,
      rows: 2,
      added: 2,
      removed: 0,
      unchanged: 0,
      skipped: 1,
      corrected: 1,
      withoutAnswer: 1,
      labels: [
        { level: 'internal', rows: 1 },
        { level: 'confidential', rows: 1 },
      ],
    };
    await show(<AddToDataset from={{ runs: ['r1', 'r2', 'r3'] }} name="Echo" onClose={() => undefined} />);
    expect(pageText()).toContain('A row gets the strictest label of all values of its run.');
    await submit();
    expect(sent.map(({ path }) => path)).toEqual(['/api/datasets', '/api/datasets/new/runs']);
    expect(sent[1]?.body).toMatchObject({ runs: ['r1', 'r2', 'r3'] });
    expect(pageText()).toContain('2 rows added as version 1. Labels: 1 internal, 1 confidential.');
    expect(pageText()).toContain('1 row with a corrected answer.');
    expect(pageText()).toContain('1 row without an expected answer');
    expect(pageText()).toContain('1 run gave no row');
  });

  it('sends the filter and the number of newest runs', async () => {
    replies['GET /api/datasets'] = { datasets: [info] };
    const from = { workflow: 'w', trigger: 'api', search: undefined, feedback: 'correction' } as const;
    await show(<AddToDataset from={from} onClose={() => undefined} />);
    await type(one('dialog input[type=number]'), '7');
    await submit();
    expect(sent.at(-1)).toMatchObject({
      path: '/api/datasets/d/runs',
      body: { workflow: 'w', trigger: 'api', feedback: 'correction', limit: 7 },
    });
    expect(all('dialog [role=alert]')).toHaveLength(1);
  });
});
