/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { createRunView } from '../../run/fold/run-view.js';
import type { EdgeState } from '../../run/edge-state.js';
import { RunContext } from '../../run/use-run.js';
import { useFlowing } from './use-flowing.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let root: Root;
let container: HTMLElement;
const run = createRunView(
  'r',
  (callback) => callback(),
  () => 10_000,
);
function Shown({ state, endedAt }: { readonly state: EdgeState; readonly endedAt: number | undefined }) {
  const [isFlowing, end] = useFlowing(state, endedAt);
  return <button onClick={end}>{String(isFlowing)}</button>;
}
function show(state: EdgeState, endedAt?: number): string {
  act(() =>
    root.render(
      <RunContext value={run}>
        <Shown state={state} endedAt={endedAt} />
      </RunContext>,
    ),
  );
  return container.textContent ?? '';
}
beforeEach(() => {
  container = document.createElement('div');
  root = createRoot(container);
});
afterEach(() => act(() => root.unmount()));

it('pulses once when a value passes an edge, and ends', () => {
  expect(show('rest')).toBe('false');
  expect(show('carried', 9_500)).toBe('true');
  act(() => container.querySelector('button')?.click());
  expect(container.textContent).toBe('false');
});

it('does not pulse for a value that passed long ago, was dropped, or whose text was streamed', () => {
  show('rest');
  expect(show('carried', 1_000)).toBe('false');
  show('rest');
  expect(show('dropped', 9_900)).toBe('false');
  show('streaming');
  expect(show('carried', 9_900)).toBe('false');
});
