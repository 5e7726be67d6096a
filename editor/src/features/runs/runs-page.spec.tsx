/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { readMe } from '../../data/access/me-store.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { createRunSession } from '../run/run-session.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { navigate } from '../../ui/navigation/route.js';
import { undoStore } from '../../ui/states/undo-store.js';
import { RunsPage } from './RunsPage.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const realFetch = globalThis.fetch;
let root: Root;
let container: HTMLElement;
let asked: URLSearchParams[];

const yieldToEventLoop = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

beforeEach(async () => {
  container = document.body.appendChild(document.createElement('div'));
  root = createRoot(container);
  asked = [];
  globalThis.fetch = (async (address: string) => {
    const [path, query] = address.split('?');
    if (path?.endsWith('/runs') === true) asked.push(new URLSearchParams(query));
    return {
      ok: true,
      status: 200,
      headers: new Headers(),
      json: async () => ({ runs: [] }),
      text: async () => JSON.stringify({ runs: [] }),
    };
  }) as unknown as typeof fetch;
});
afterEach(() => {
  act(() => root.unmount());
  container.remove();
  globalThis.fetch = realFetch;
  window.history.replaceState(null, '', '/');
});

async function open(address: string): Promise<void> {
  const live = createLiveClient(createFakeSocket());
  const runs = createRunSession(
    { startRun: async () => ({ runId: 'r' }), cancelRun: async () => undefined },
    live,
    (callback) => callback(),
  );
  navigate(address);
  await act(async () => {
    root.render(
      <SessionProvider value={{ live, runs } as unknown as Session}>
        <RunsPage />
      </SessionProvider>,
    );
    await yieldToEventLoop();
  });
}
const state = (): string | undefined => container.querySelector('[aria-pressed="true"]')?.textContent;

it('the address contains the filter of the runs, so that going back and reloading show the same runs', async () => {
  await open('/runs?state=failed&trigger=api&search=loom');
  expect(state()).toBe('Failed');
  const last = asked.at(-1);
  expect([last?.get('status'), last?.get('trigger'), last?.get('search')]).toEqual(['failed', 'api', 'loom']);
  const done = [...container.querySelectorAll('button')].find(({ textContent }) => textContent === 'Done');
  await act(async () => {
    done?.click();
    await yieldToEventLoop();
  });
  expect(window.location.search).toBe('?state=done&trigger=api&search=loom');
  expect(asked.at(-1)?.get('status')).toBe('done');
  await act(async () => navigate('/runs'));
  expect(state()).toBe('All');
});

it('an address with unknown values shows all runs', async () => {
  await open('/runs?state=lost&trigger=moon');
  expect(state()).toBe('All');
  expect([...(asked.at(-1)?.keys() ?? [])]).toEqual(['limit']);
});

const summary = (runId: string, status: string) => ({
  runId,
  workflowName: `Workflow of ${runId}`,
  status,
  trigger: 'editor',
  acceptedAt: 1_000,
  startedAt: 1_000,
  ...(status === 'running' ? {} : { endedAt: 2_000 }),
  inputTokens: 0,
  outputTokens: 0,
  cost: 0,
  lastSeq: 3,
  rootId: runId,
});

describe('chosen runs', () => {
  let deleted: string[];
  let restored: string[];
  let refusal: string | undefined;
  beforeEach(async () => {
    Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });
    [deleted, restored, refusal] = [[], [], undefined];
    undoStore.setState({ offers: [] });
    const runs = [summary('a', 'done'), summary('b', 'failed'), summary('c', 'running')];
    globalThis.fetch = (async (address: string, { method = 'GET' }: { readonly method?: string } = {}) => {
      const [, id = '', part] = /\/runs\/(\w+)(?:\/(\w+))?/.exec(address) ?? [];
      if ((method === 'DELETE' || part === 'restore') && id === refusal) {
        const error = { code: 'run_unfinished', message: 'It has not ended.', retryable: false };
        return {
          ok: false,
          status: 409,
          headers: new Headers(),
          json: async () => ({ error }),
          text: async () => JSON.stringify({ error }),
        };
      }
      if (method === 'DELETE' && address.endsWith('?undo=true')) deleted.push(id);
      if (part === 'restore') restored.push(id);
      const body = address.startsWith('/api/auth/me') ? { hasUsers: false, isSignInNeeded: false } : { runs };
      return {
        ok: true,
        status: 200,
        headers: new Headers(),
        json: async () => body,
        text: async () => JSON.stringify(body),
      };
    }) as unknown as typeof fetch;
    await readMe();
    await open('/runs');
  });

  const rows = (): readonly string[] =>
    [...container.querySelectorAll('tbody tr a')].map(({ textContent }) => textContent.replace('Workflow of ', ''));
  const press = (name: string): Promise<void> =>
    act(async () => {
      const all = [...document.querySelectorAll<HTMLElement>('button, input[type=checkbox]')];
      all.find((one) => (one.getAttribute('aria-label') ?? one.textContent.trim()) === name)?.click();
      await yieldToEventLoop();
    });
  const text = (): string => document.querySelector('dialog')?.textContent ?? '';

  it('are deleted one by one at their rows, after a confirmation', async () => {
    expect(rows()).toEqual(['a', 'b', 'c']);
    await press('Delete the run of Workflow of a, a');
    expect(text()).toContain('Delete this run of Workflow of a?');
    expect(deleted).toEqual([]);
    await press('Delete run');
    expect([deleted, rows(), text()]).toEqual([['a'], ['b', 'c'], '']);
  });

  it('are deleted together, without those that have not ended', async () => {
    await press('Select all shown');
    await press('Delete');
    expect(text()).toContain('Delete 2 runs?');
    expect(text()).toContain('1 run that has not ended stays');
    await press('Delete 2 runs');
    expect([deleted, rows()]).toEqual([['a', 'b'], ['c']]);
  });

  it('stay in the list with a message when the server refuses to delete them', async () => {
    refusal = 'b';
    await press('Select all shown');
    await press('Delete');
    await press('Delete 2 runs');
    expect([rows(), text().includes('It has not ended.')]).toEqual([['b', 'c'], true]);
  });

  it('are restored together by one undo, which says what it could not restore', async () => {
    await press('Select all shown');
    await press('Delete');
    await press('Delete 2 runs');
    const [offer] = undoStore.getState().offers;
    expect([offer?.what, undoStore.getState().offers]).toEqual(['2 runs', [offer]]);
    await offer?.restore();
    await act(async () => {
      offer?.onRestored();
      await yieldToEventLoop();
    });
    expect([restored, rows()]).toEqual([
      ['a', 'b'],
      ['a', 'b', 'c'],
    ]);
    refusal = 'a';
    await expect(offer?.restore()).rejects.toThrow('It has not ended.');
    expect(restored).toEqual(['a', 'b', 'b']);
  });

  it('can be restored even when another one was refused', async () => {
    refusal = 'b';
    await press('Select all shown');
    await press('Delete');
    await press('Delete 2 runs');
    expect(undoStore.getState().offers.map(({ what }) => what)).toEqual(['the run of “Workflow of a”']);
  });

  it('can be compared when there are exactly two', async () => {
    const link = (): string | null | undefined =>
      [...container.querySelectorAll('a')].find(({ textContent }) => textContent === 'Compare')?.getAttribute('href');
    await press('Select the run of Workflow of a, a');
    expect(link()).toBeUndefined();
    await press('Select the run of Workflow of b, b');
    expect(link()).toMatch(/a.*b/);
    await press('Select the run of Workflow of c, c');
    expect(link()).toBeUndefined();
  });
});
