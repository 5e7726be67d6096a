/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { createFakeSocket } from '../live/fake-socket.js';
import { createLiveClient } from '../live/live-client.js';
import { createRunSession } from '../run/run-session.js';
import { SessionContext, type Session } from '../session.js';
import { navigate } from './route.js';
import { RunsPage } from './RunsPage.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const realFetch = globalThis.fetch;
let root: Root;
let place: HTMLElement;
let asked: URLSearchParams[];

const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

beforeEach(async () => {
  place = document.body.appendChild(document.createElement('div'));
  root = createRoot(place);
  asked = [];
  globalThis.fetch = (async (address: string) => {
    const [path, query] = address.split('?');
    if (path?.endsWith('/runs') === true) asked.push(new URLSearchParams(query));
    return { ok: true, status: 200, headers: new Headers(), json: async () => ({ runs: [] }), text: async () => '' };
  }) as unknown as typeof fetch;
});
afterEach(() => {
  act(() => root.unmount());
  place.remove();
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
      <SessionContext value={{ live, runs } as unknown as Session}>
        <RunsPage />
      </SessionContext>,
    );
    await nextTurn();
  });
}
const state = (): string | undefined => place.querySelector('[aria-pressed="true"]')?.textContent;

it('the runs that are shown stand in the address, so that going back and loading again show the same', async () => {
  await open('/runs?state=failed&trigger=api&search=loom');
  expect(state()).toBe('Failed');
  const last = asked.at(-1);
  expect([last?.get('status'), last?.get('trigger'), last?.get('search')]).toEqual(['failed', 'api', 'loom']);
  const done = [...place.querySelectorAll('button')].find(({ textContent }) => textContent === 'Done');
  await act(async () => {
    done?.click();
    await nextTurn();
  });
  expect(window.location.search).toBe('?state=done&trigger=api&search=loom');
  expect(asked.at(-1)?.get('status')).toBe('done');
  await act(async () => navigate('/runs'));
  expect(state()).toBe('All');
});

it('an address that says what is not known shows all runs', async () => {
  await open('/runs?state=lost&trigger=moon');
  expect(state()).toBe('All');
  expect([...(asked.at(-1)?.keys() ?? [])]).toEqual(['limit']);
});
