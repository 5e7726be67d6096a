/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import type { ExecutionView } from '../../run/fold/run-view.js';
import { CardState } from './CardState.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let root: Root;
let container: HTMLElement;
beforeEach(() => {
  container = document.createElement('div');
  root = createRoot(container);
});
afterEach(() => act(() => root.unmount()));

/** The visible text, the text for screen readers, and the tooltip. */
function textOf(execution: object): readonly (string | null | undefined)[] {
  act(() => root.render(<CardState execution={execution as ExecutionView} />));
  const state = container.querySelector('.card-state');
  const hidden = state?.querySelector('.visually-hidden')?.textContent ?? '';
  const heard = state?.textContent ?? '';
  return [heard.replace(hidden, ''), heard, state?.getAttribute('data-tip')];
}

it('shows a short state, and says what the node waits for to screen readers and in the tooltip', () => {
  const asking = { status: 'suspended', requestId: 'a', startedAt: 1 };
  expect(textOf(asking)).toEqual(['Waiting', 'Waiting for a person', 'Waiting for a person']);
  const queued = { status: 'running', waiting: { position: 2 } };
  expect(textOf(queued)).toEqual(['Waitingno. 2', 'Waiting for a model slotno. 2', 'Waiting for a model slot no. 2']);
  expect(textOf({ status: 'suspended', requestId: 'a' })[0]).toBe('At a breakpoint');
});
