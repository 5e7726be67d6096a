/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { createCatalogStore } from '../document/catalog-store.js';
import { createDocumentStore } from '../document/document-store.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { createViewStore } from '../view/view-store.js';
import { IssueList } from './IssueList.js';
import './IssuePopover.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let root: Root;
let container: HTMLElement;
beforeEach(() => {
  container = document.createElement('div');
  root = createRoot(container);
});
afterEach(() => act(() => root.unmount()));

/** The caption of the button and its severity. */
function buttonWith(...severities: readonly ('error' | 'warning')[]): readonly unknown[] {
  const documents = createDocumentStore();
  const issues = severities.map((severity) => ({ severity, code: 'x', message: 'm' }));
  documents.setState({ compiled: { issues, ports: {}, interface: { inputs: [], outputs: [] } } as never });
  const session = { documents, view: createViewStore(), catalog: createCatalogStore() } as unknown as Session;
  act(() =>
    root.render(
      <SessionProvider value={session}>
        <IssueList />
      </SessionProvider>,
    ),
  );
  const button = container.querySelector('button');
  return button === null ? [] : [button.textContent?.trim(), button.dataset['severity']];
}

it('counts errors and warnings separately', () => {
  expect(buttonWith('warning', 'error')).toEqual(['1 error, 1 warning', 'error']);
  expect(buttonWith('error', 'error')).toEqual(['2 errors', 'error']);
  expect(buttonWith('warning', 'warning', 'warning')).toEqual(['3 warnings', 'warning']);
  expect(buttonWith()).toEqual([]);
});

it('shows no issue about an empty workflow, which the canvas reports', () => {
  const documents = createDocumentStore();
  const issues = [{ severity: 'error', code: 'workflow-empty', message: 'm' }];
  documents.setState({ compiled: { issues, ports: {}, interface: { inputs: [], outputs: [] } } as never });
  const session = { documents, view: createViewStore(), catalog: createCatalogStore() } as unknown as Session;
  act(() =>
    root.render(
      <SessionProvider value={session}>
        <IssueList />
      </SessionProvider>,
    ),
  );
  expect(container.textContent).toBe('');
});

it('names nodes by their titles, and links to the page that helps', async () => {
  const documents = createDocumentStore();
  const issue = {
    severity: 'error',
    code: 'config-invalid',
    node: 'search',
    message: 'No collection is chosen.',
    fix: 'Choose the collection to search, or make one on the page Collections.',
  };
  documents.setState({
    document: { nodes: { search: { type: 'retrieve', version: 1, title: 'Search the handbook' } }, edges: [] } as never,
    compiled: { issues: [issue], ports: {}, interface: { inputs: [], outputs: [] } } as never,
  });
  document.body.append(container);
  const session = { documents, view: createViewStore(), catalog: createCatalogStore() } as unknown as Session;
  await act(async () =>
    root.render(
      <SessionProvider value={session}>
        <IssueList />
      </SessionProvider>,
    ),
  );
  await act(async () => {
    container.querySelector('button')?.click();
    await new Promise((resolve) => setTimeout(resolve, 50));
  });
  const item = document.querySelector('.issue-list li');
  expect(item?.querySelector('button')?.textContent).toBe('Search the handbook No collection is chosen.');
  expect(item?.querySelector('a')?.getAttribute('href')).toBe('/collections');
  expect(item?.querySelector('button a')).toBeNull();
  container.remove();
});
