/** @jest-environment jsdom */
import { afterEach, expect, it } from '@jest/globals';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import type { ExecutionView } from '../../run/index.js';
import { CardStatus } from './CardStatus.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let root: Root;
afterEach(() => act(() => root.unmount()));

function line(execution: Partial<ExecutionView> | undefined, issues = 0): string {
  const container = document.createElement('div');
  root = createRoot(container);
  act(() =>
    root.render(<CardStatus execution={execution as ExecutionView | undefined} issues={issues} rest="handbook" />),
  );
  return container.textContent ?? '';
}

it('says the state in the run, else the issues, else the most important setting', () => {
  expect(line(undefined)).toBe('handbook');
  expect(line(undefined, 1)).toBe('1 issue');
  expect(line(undefined, 3)).toBe('3 issues');
  expect(line({ status: 'done', startedAt: 1_000, endedAt: 3_000 }, 3)).toBe('Done 2.0 s');
  expect(line({ status: 'failed', startedAt: 1, endedAt: 1 })).toContain('Failed');
});
