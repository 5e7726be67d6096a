/** @jest-environment jsdom */
import { afterEach, expect, it } from '@jest/globals';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import type { ExecutionView } from '../../run/index.js';
import { CardStatus } from './CardStatus.js';
import { NodeDescription, parseDocument, type CompileReply } from '@heddle/core';
import { createStore } from 'zustand/vanilla';
import { createDocumentStore, showVersionDocument } from '../../document/document-store.js';
import { SessionProvider } from '../../session/SessionProvider.js';
import type { Session } from '../../session/session.js';
import { createViewStore } from '../../view/view-store.js';
import { PlainBox } from './PlainBox.js';

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

it('shows the state in the run, otherwise the issues, otherwise the most important setting', () => {
  expect(line(undefined)).toBe('handbook');
  expect(line(undefined, 1)).toBe('1 issue');
  expect(line(undefined, 3)).toBe('3 issues');
  expect(line({ status: 'done', startedAt: 1_000, endedAt: 3_000 }, 3)).toBe('Done 2.0 s');
  expect(line({ status: 'failed', startedAt: 1, endedAt: 1 })).toContain('Failed');
});

const retrieve = NodeDescription.parse({
  type: 'retrieve',
  version: 1,
  category: 'retrieval',
  title: 'Retrieve',
  summary: '',
  role: 'step',
  effects: [],
  defaults: {},
  inputs: [],
  outputs: [],
  hasDynamicPorts: false,
  headline: 'collection',
  config: { type: 'object', properties: { collection: { type: 'string', title: 'Collection' } } },
});

/** The status line of a node of an idle large workflow. */
function boxLine(config: object, issues: readonly object[] = []): string | null | undefined {
  const documents = createDocumentStore();
  const nodes = { find: { type: 'retrieve', version: 1, config } };
  showVersionDocument(documents, parseDocument({ heddle: 2, name: 'Test', nodes, edges: [] }));
  documents.setState({ compiled: { ports: {}, issues, edgeLabels: {} } as unknown as CompileReply });
  const catalog = createStore(() => ({ byType: new Map([['retrieve', retrieve]]), isLoaded: true }));
  const container = document.createElement('div');
  root = createRoot(container);
  act(() =>
    root.render(
      <SessionProvider value={{ documents, catalog, view: createViewStore() } as unknown as Session}>
        <PlainBox id="find" isSelected={false} height={90} />
      </SessionProvider>,
    ),
  );
  return container.querySelector('.plain-status')?.textContent;
}

it('shows the status on the plain box of a large workflow too, with the node type when no setting is set', () => {
  expect(boxLine({ collection: 'handbook' })).toBe('handbook');
  act(() => root.unmount());
  expect(boxLine({})).toBe('Retrieve');
  act(() => root.unmount());
  expect(boxLine({ collection: 'handbook' }, [{ severity: 'error', node: 'find', code: 'x', message: 'x' }])).toBe(
    '1 issue',
  );
});
