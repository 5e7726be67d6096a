/** @jest-environment jsdom */
import { afterEach, expect, it, jest } from '@jest/globals';
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { queueText, Standstill } from './Standstill.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const realFetch = globalThis.fetch;
afterEach(() => {
  jest.useRealTimers();
  globalThis.fetch = realFetch;
});

const replyAt = (position: number | undefined) => ({
  runId: 'r1',
  status: 'queued',
  outputs: {},
  nodes: {},
  summary: {
    runId: 'r1',
    workflowName: 'W',
    status: 'queued',
    trigger: 'api',
    acceptedAt: 1,
    lastSeq: 1,
    inputTokens: 0,
    outputTokens: 0,
    cost: 0,
    position,
  },
});

it('says at which position a run waits, and updates the position', async () => {
  jest.useFakeTimers();
  const positions = [3, 1];
  const asked: string[] = [];
  globalThis.fetch = (async (path: string) => {
    asked.push(path);
    return { ok: true, headers: new Map(), text: async () => JSON.stringify(replyAt(positions.shift())) };
  }) as unknown as typeof fetch;
  const live = createLiveClient(createFakeSocket());
  const container = document.body.appendChild(document.createElement('div'));
  const root = createRoot(container);
  const head = { runId: 'r1', status: 'queued' } as Parameters<typeof Standstill>[0]['head'];
  await act(async () =>
    root.render(
      <SessionProvider value={{ live } as unknown as Session}>
        <Standstill head={head} />
      </SessionProvider>,
    ),
  );
  expect([container.textContent, asked]).toEqual(['', []]);
  await act(() => jest.advanceTimersByTimeAsync(1_200));
  expect(container.textContent).toBe('All slots are in use. 2 runs start before it.');
  await act(() => jest.advanceTimersByTimeAsync(3_000));
  expect(container.textContent).toBe('All slots are in use. The run is next to start.');
  expect(asked).toEqual(['/api/runs/r1', '/api/runs/r1']);
  act(() => root.unmount());
  container.remove();
});

it('says which capability of a queued run no process has', async () => {
  jest.useFakeTimers();
  const waiting = { code: 'capability_missing', message: 'No process has the model.', retryable: true };
  globalThis.fetch = (async () => ({
    ok: true,
    headers: new Map(),
    text: async () => JSON.stringify({ ...replyAt(undefined), waiting }),
  })) as unknown as typeof fetch;
  const live = createLiveClient(createFakeSocket());
  const container = document.body.appendChild(document.createElement('div'));
  const root = createRoot(container);
  const head = { runId: 'r1', status: 'queued' } as Parameters<typeof Standstill>[0]['head'];
  await act(async () =>
    root.render(
      <SessionProvider value={{ live } as unknown as Session}>
        <Standstill head={head} />
      </SessionProvider>,
    ),
  );
  await act(() => jest.advanceTimersByTimeAsync(1_200));
  expect(container.textContent).toBe('No process has the model. The run starts by itself then.');
  act(() => root.unmount());
  container.remove();
});

/** Shows a run that works for long; returns the requests and the text that is shown after each eleven seconds. */
async function showRunning(replies: readonly object[]) {
  jest.useFakeTimers();
  const asked: string[] = [];
  globalThis.fetch = (async (path: string) => {
    const reply = replies[Math.min(asked.push(path), replies.length) - 1];
    return { ok: true, headers: new Map(), text: async () => JSON.stringify(reply) };
  }) as unknown as typeof fetch;
  const container = document.body.appendChild(document.createElement('div'));
  const root = createRoot(container);
  const head = { runId: 'r1', status: 'running', startedAt: Date.now() } as Parameters<typeof Standstill>[0]['head'];
  await act(async () =>
    root.render(
      <SessionProvider value={{ live: createLiveClient(createFakeSocket()) } as unknown as Session}>
        <Standstill head={head} />
      </SessionProvider>,
    ),
  );
  const said: string[] = [];
  for (let time = 0; time < 3; time += 1) {
    await act(() => jest.advanceTimersByTimeAsync(11_000));
    said.push(container.textContent);
  }
  act(() => root.unmount());
  container.remove();
  return { asked, said };
}

it('says that no process can continue a run whose process ended, until one can', async () => {
  const waiting = { r1: { code: 'capability_missing', message: 'No process has the model.', retryable: true } };
  const { asked, said } = await showRunning([
    { runs: [], waiting: {} },
    { runs: [], waiting },
    { runs: [], waiting: {} },
  ]);
  expect(said).toEqual(['', 'No process has the model. The run goes on by itself then.', '']);
  expect(asked).toEqual(Array.from({ length: 3 }, () => '/api/runs?search=r1&limit=1'));
});

it('asks once when one process has all runs', async () => {
  expect(await showRunning([{ runs: [] }])).toEqual({ asked: ['/api/runs?search=r1&limit=1'], said: ['', '', ''] });
});

it('has a text for every position', () => {
  expect([undefined, 2, 10_001].map(queueText)).toEqual([
    'The run starts when a process has a free slot.',
    'All slots are in use. 1 run starts before it.',
    'All slots are in use. 10,000 runs start before it.',
  ]);
});
