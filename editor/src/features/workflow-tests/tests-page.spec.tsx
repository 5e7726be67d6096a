/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseDocument, type WorkflowTest } from '@heddle/core';
import { act, type ReactElement } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { navigate, parseRoute, testsPath, useAddress } from '../../ui/navigation/route.js';
import { TestsPage } from './TestsPage.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

const realFetch = globalThis.fetch;
const testOf = (name: string): WorkflowTest => ({ name, inputs: {}, expect: { outputs: {} } });
const draft = parseDocument({ heddle: 2, name: 'Test', nodes: {}, edges: [] });
const runSummary = {
  runId: 'r1',
  workflowId: 'w',
  workflowName: 'Test',
  status: 'done',
  trigger: 'editor',
  acceptedAt: 1,
  inputTokens: 0,
  outputTokens: 0,
  cost: 0,
  lastSeq: 1,
};
let root: Root;
let stored: string;
/** The replies of the server in one test only, and the requests that it received. */
let answers: Record<string, unknown> = {};
let asked: string[] = [];

const replies: Readonly<Record<string, () => unknown>> = {
  '/api/workflows/w': () => ({ id: 'w', slug: 'w', revision: 1, updatedAt: 1, document: draft }),
  '/api/workflows/w-1': () => replies['/api/workflows/w']?.(),
  '/api/workflows/w/tests': () => ({ content: stored }),
  '/api/runs/r1/document': () => ({ document: draft, inputs: {}, workflows: {}, options: {} }),
  '/api/runs/r1': () => ({ runId: 'r1', status: 'done', outputs: {}, nodes: {}, summary: runSummary }),
  '/api/compile': () => ({
    issues: [],
    ports: {},
    labels: {},
    edgeLabels: {},
    dataMap: [],
    interface: { inputs: [], outputs: [] },
  }),
};

/** Replaces the frame: the page of the address, mounted again for each workflow. */
function Pages(): ReactElement {
  const route = parseRoute(useAddress());
  return route.page === 'tests' ? (
    <TestsPage key={route.workflow} workflow={route.workflow} fromRun={route.run} />
  ) : (
    <h1>Elsewhere</h1>
  );
}

beforeEach(async () => {
  answers = {};
  asked = [];
  stored = [testOf('first'), testOf('second')].map((test) => `${JSON.stringify(test)}\n`).join('');
  globalThis.fetch = (async (path: string, init: { readonly method?: string; readonly body?: string }) => {
    if (init.method === 'PUT') stored = JSON.parse(init.body ?? '').content;
    asked.push(`${init.method ?? 'GET'} ${path}`);
    const list = path.startsWith('/api/runs?') ? answers['/api/runs'] : undefined;
    const body = list ?? answers[path] ?? replies[path]?.();
    const status = body === undefined ? 404 : 200;
    return {
      ok: status === 200,
      status,
      headers: new Map(),
      json: async () => body,
      text: async () => JSON.stringify(body),
    };
  }) as unknown as typeof fetch;
  window.history.pushState(null, '', '/before');
  window.history.pushState(null, '', '/workflows/w/tests');
  const container = document.createElement('div');
  document.body.append(container);
  root = createRoot(container);
  const session = {
    autosave: { flush: async () => undefined },
    runs: { leave: () => undefined },
    live: { onConnection: () => () => undefined, watchTopic: () => () => undefined },
  } as unknown as Session;
  await act(async () =>
    root.render(
      <SessionProvider value={session}>
        <Pages />
      </SessionProvider>,
    ),
  );
});
afterEach(() => {
  act(() => root.unmount());
  globalThis.fetch = realFetch;
});

const button = (name: string): HTMLButtonElement | undefined =>
  [...document.querySelectorAll('button')].find(
    (one) => (one.getAttribute('aria-label') ?? one.textContent) === name || one.textContent?.startsWith(name),
  );
const press = (name: string): Promise<void> =>
  act(async () => {
    const found = button(name);
    if (found === undefined) throw new Error(`There is no button '${name}'.`);
    found.click();
  });
const nameField = (): HTMLInputElement | null => document.querySelector<HTMLInputElement>('.test-editor input');
const rename = (name: string): void =>
  act(() => {
    const field = nameField();
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, name);
    field?.dispatchEvent(new Event('input', { bubbles: true }));
  });
const isAsked = (): boolean => document.querySelector('dialog') !== null;
const isElsewhere = (): boolean =>
  [...document.querySelectorAll('h1')].some(({ textContent }) => textContent === 'Elsewhere');
/** Presses the back button, and waits for the navigation. */
const goBack = (): Promise<void> =>
  act(async () => {
    const gone = new Promise((resolve) => window.addEventListener('popstate', resolve, { once: true }));
    window.history.back();
    await gone;
  });
const closesUnasked = (): boolean => window.dispatchEvent(new Event('beforeunload', { cancelable: true }));

it('a new test focuses its name, and one of the list does not move the focus', async () => {
  await press('first');
  expect(document.activeElement).toBe(document.body);
  await press('New test');
  expect(nameField()).not.toBeNull();
  expect(document.activeElement).toBe(nameField());
});

describe('a test that would call something', () => {
  beforeEach(async () => {
    const failures = [{ assertion: 'status', message: "'shop' would call http://shop", wouldCall: 'shop' }];
    answers['/api/workflows/w/tests/run'] = {
      passed: 0,
      failed: 1,
      results: [{ name: 'first', status: 'failed', ms: 1, failures }],
    };
    answers['/api/runs'] = { runs: [runSummary] };
    answers['/api/runs/r1/fixtures'] = { fixtures: { shop: { body: 'order 7' } }, label: 'confidential' };
    answers['/api/workflows/w/runs?wait=1&trigger=editor'] = replies['/api/runs/r1']?.();
    await press('Run first');
  });
  const kept = (): unknown => JSON.parse(stored.split('\n')[0] ?? '').fixtures;

  it('gets the result of an earlier run, after its label was shown', async () => {
    await press('Record from a run');
    expect(document.querySelector('dialog')?.textContent).toContain('Nothing is sent.');
    await act(async () => document.querySelector<HTMLButtonElement>('dialog .row-button')?.click());
    expect(document.querySelector('dialog')?.textContent).toContain('The results are confidential.');
    expect(kept()).toBeUndefined();
    await press('Keep in test');
    expect(kept()).toEqual({ shop: { body: 'order 7' } });
    expect(isAsked()).toBe(false);
  });

  it('says when the chosen run has no result of the node', async () => {
    answers['/api/runs/r1/fixtures'] = { fixtures: { mail: {} }, label: 'public' };
    await press('Record from a run');
    await act(async () => document.querySelector<HTMLButtonElement>('dialog .row-button')?.click());
    expect(document.querySelector('dialog')?.textContent).toContain("has no result of 'shop'");
  });

  it('runs once with effects, only after a confirmation', async () => {
    await press('Record now');
    expect(document.querySelector('dialog')?.textContent).toContain('with all of its effects');
    expect(asked).not.toContain('POST /api/workflows/w/runs?wait=1&trigger=editor');
    await press('Run with effects');
    expect(asked).toContain('POST /api/workflows/w/runs?wait=1&trigger=editor');
    await press('Keep in test');
    expect(kept()).toEqual({ shop: { body: 'order 7' } });
  });
});

describe('a changed test that is not saved', () => {
  beforeEach(async () => {
    await press('first');
    rename('renamed');
  });

  it('stays until the user confirms that it is discarded', async () => {
    act(() => navigate('/runs'));
    expect([isAsked(), isElsewhere(), window.location.pathname]).toEqual([true, false, '/workflows/w/tests']);
    await press('Keep editing');
    expect([isAsked(), nameField()?.value]).toEqual([false, 'renamed']);
    act(() => navigate('/runs'));
    await press('Discard changes');
    expect([isElsewhere(), window.location.pathname]).toEqual([true, '/runs']);
  });

  it('asks at the back button too, which then leads to the previous page', async () => {
    await goBack();
    expect([isAsked(), isElsewhere(), window.location.pathname]).toEqual([true, false, '/workflows/w/tests']);
    await press('Keep editing');
    expect(nameField()?.value).toBe('renamed');
    await goBack();
    const gone = new Promise((resolve) => window.addEventListener('popstate', resolve, { once: true }));
    await press('Discard changes');
    await act(async () => {
      await gone;
    });
    expect([isElsewhere(), window.location.pathname]).toEqual([true, '/before']);
  });

  it('asks before another test is opened, or the test is closed', async () => {
    for (const other of ['second', 'New test', 'Copy second', 'Close']) {
      await press(other);
      expect([other, isAsked()]).toEqual([other, true]);
      await press('Keep editing');
      expect(nameField()?.value).toBe('renamed');
    }
    await press('second');
    await press('Discard changes');
    expect(nameField()?.value).toBe('second');
  });

  it('stays when another test is deleted', async () => {
    await press('Delete second');
    expect([nameField()?.value, stored.includes('second')]).toEqual(['renamed', false]);
  });

  it('makes the browser ask before the page is closed, until it is saved', async () => {
    expect(closesUnasked()).toBe(false);
    await press('Save test');
    expect(stored).toContain('renamed');
    expect(closesUnasked()).toBe(true);
    act(() => navigate('/runs'));
    expect([isAsked(), isElsewhere()]).toEqual([false, true]);
  });
});

it('a test that was changed back is left without a question', async () => {
  await press('first');
  rename('renamed');
  rename('first');
  await press('second');
  expect([isAsked(), nameField()?.value]).toEqual([false, 'second']);
});

it('opens the test of a run whose workflow the address names by its id', async () => {
  await act(async () => navigate(testsPath('w-1', 'r1')));
  await act(async () => {
    await new Promise((resolve) => setTimeout(resolve));
  });
  expect([nameField()?.value, window.location.pathname]).toEqual(['Like run r1', '/workflows/w-1/tests']);
});
