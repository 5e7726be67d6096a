/** @jest-environment jsdom */
import { expect, it } from '@jest/globals';
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { TakenBack } from './CanaryState.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

it('says why a canary was taken back by itself', () => {
  const container = document.createElement('div');
  const root = createRoot(container);
  const takenBack = { version: 2, at: Date.UTC(2027, 0, 9, 12), runs: 4, failed: 3, meanMs: 1_500 };
  act(() => root.render(<TakenBack takenBack={takenBack} />));
  expect(container.textContent).toMatch(/2027: of 4 runs 75% failed, with 1\.5 s on average\.$/);
  act(() => root.unmount());
});
