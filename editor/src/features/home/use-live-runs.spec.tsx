/** @jest-environment jsdom */
import { expect, it } from '@jest/globals';
import type { RunSummary } from '@heddle/core';
import { act, type ReactElement } from 'react';
import { createRoot } from 'react-dom/client';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { useLiveRuns } from './use-live-runs.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const run = (runId: string, acceptedAt: number): RunSummary => ({
  runId,
  acceptedAt,
  status: 'done',
  workflowName: 'w',
  trigger: 'cli',
  lastSeq: 0,
  inputTokens: 0,
  outputTokens: 0,
  cost: 0,
});

function Shown(): ReactElement {
  return (
    <p>
      {useLiveRuns()
        ?.map(({ runId }) => runId)
        .join()}
    </p>
  );
}

it('shows changed runs, and after a reconnect only the runs that still exist', () => {
  let tell: (states: readonly unknown[]) => void = () => undefined;
  let connected: () => void = () => undefined;
  const live = {
    watchTopic: (_topic: string, { onEvents }: { onEvents: typeof tell }) => {
      tell = onEvents;
      return () => undefined;
    },
    onConnection: (listener: typeof connected) => {
      connected = listener;
      return () => undefined;
    },
  };
  const container = document.createElement('div');
  const root = createRoot(container);
  const shownAfter = (work: () => void): string | null => {
    act(work);
    return container.textContent;
  };
  const session = { live } as unknown as Session;
  act(() =>
    root.render(
      <SessionProvider value={session}>
        <Shown />
      </SessionProvider>,
    ),
  );
  expect(shownAfter(() => tell([run('b', 2), run('a', 1)]))).toBe('b,a');
  expect(shownAfter(() => tell([run('c', 3)]))).toBe('c,b,a');
  expect(shownAfter(() => tell([{ runId: 'b', isDeleted: true }]))).toBe('c,a');
  act(connected);
  expect(shownAfter(() => tell([run('d', 4), run('c', 3)]))).toBe('d,c');
  act(() => root.unmount());
});
