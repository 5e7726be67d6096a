/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { act, type ReactElement } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { PageBoundary } from './PageBoundary.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let root: Root;
let container: HTMLElement;
beforeEach(() => {
  jest.spyOn(console, 'error').mockImplementation(() => undefined); // React also reports each error to the console
  container = document.createElement('div');
  root = createRoot(container);
});
afterEach(() => {
  act(() => root.unmount());
  jest.restoreAllMocks();
});

function Page({ name }: { readonly name: string }): ReactElement {
  if (name === 'odd') throw new Error('it is odd');
  return <p>{name}</p>;
}

const shown = (page: string): string => {
  act(() =>
    root.render(
      <>
        <nav>rail</nav>
        <PageBoundary page={page}>
          <Page name={page} />
        </PageBoundary>
      </>,
    ),
  );
  return container.textContent ?? '';
};

it('keeps the frame when a page fails, says why, and shows the next page', () => {
  expect(shown('runs')).toBe('railruns');
  expect(shown('odd')).toContain('railThis page failedAn error occurred here: it is odd.');
  expect(shown('odd')).toContain('This page failed');
  expect(shown('models')).toBe('railmodels');
});
