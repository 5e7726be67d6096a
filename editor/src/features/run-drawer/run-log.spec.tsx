/** @jest-environment jsdom */
import { expect, it } from '@jest/globals';
import { parseDocument } from '@heddle/core';
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { createCatalogStore } from '../document/catalog-store.js';
import { createDocumentStore, showRunDocument } from '../document/document-store.js';
import { createRunView } from '../run/fold/run-view.js';
import { RunContext } from '../run/use-run.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { RunLog } from './RunLog.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom has no layout.
Object.assign(globalThis, {
  ResizeObserver: class {
    observe(): void {}
    disconnect(): void {}
  },
});

it('names the node of an entry by its title, with its path in the tooltip', () => {
  const documents = createDocumentStore();
  const document = parseDocument({
    heddle: 2,
    name: 'Letter',
    nodes: { write: { type: 'generate', version: 1, title: 'Write the letter' } },
    edges: [],
  });
  showRunDocument(documents, { runId: 'r', workflowId: 'w', document, inputs: {} });
  const run = createRunView('r', (callback) => callback());
  const at = { runId: 'r', path: 'write@1', attempt: 1 };
  run.take([
    { type: 'node-start', ...at, seq: 1, time: 100 },
    { type: 'node-log', ...at, seq: 2, time: 110, level: 'warn', message: 'It is long.' },
  ]);
  const container = globalThis.document.createElement('div');
  const root = createRoot(container);
  const chosen: string[] = [];
  act(() =>
    root.render(
      <SessionProvider value={{ documents, catalog: createCatalogStore() } as unknown as Session}>
        <RunContext value={run}>
          <RunLog from={100} onChoose={(path) => chosen.push(path)} />
        </RunContext>
      </SessionProvider>,
    ),
  );
  const button = container.querySelector<HTMLButtonElement>('.log-path');
  expect(button?.textContent).toBe('Write the letter · iteration 2');
  expect(button?.dataset['tip']).toBe('Write the letter · iteration 2 (write@1)');
  act(() => button?.click());
  expect(chosen).toEqual(['write@1']);
  act(() => root.unmount());
});
