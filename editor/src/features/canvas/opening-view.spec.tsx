/** @jest-environment jsdom */
import { afterEach, expect, it } from '@jest/globals';
import { parseDocument } from '@heddle/core';
import { ReactFlowProvider, useStoreApi } from '@xyflow/react';
import { act, useEffect } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { createDocumentStore, showVersionDocument } from '../document/document-store.js';
import { createRunView } from '../run/fold/run-view.js';
import { RunContext } from '../run/use-run.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { createViewStore } from '../view/view-store.js';
import { CanvasHandleKeeper } from './CanvasHandleKeeper.js';
import { fitOptions, largeFitOptions, manyNodes } from '../view/fit-options.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let root: Root;
afterEach(() => act(() => root.unmount()));

/** The minimum zoom of a workflow with this many cards when it opens. */
function farthest(count: number): number | undefined {
  const documents = createDocumentStore();
  showVersionDocument(documents, parseDocument({ heddle: 2, name: 'Test', nodes: {}, edges: [] }));
  let last: number | undefined;
  function Cards(): null {
    const store = useStoreApi();
    useEffect(() => {
      const end = store.subscribe(({ fitViewOptions }) => void (last = fitViewOptions?.minZoom ?? last));
      store.setState({ width: 800, height: 600 });
      const measured = { width: 248, height: 90 };
      store
        .getState()
        .setNodes(
          Array.from({ length: count }, (_, index) => ({
            id: `n${index}`,
            data: {},
            measured,
            position: { x: index * 300, y: 0 },
          })),
        );
      return end;
    }, [store]);
    return null;
  }
  root = createRoot(document.createElement('div'));
  act(() =>
    root.render(
      <SessionProvider value={{ documents, view: createViewStore() } as unknown as Session}>
        <RunContext value={createRunView('r', (callback) => callback())}>
          <ReactFlowProvider>
            <Cards />
            <CanvasHandleKeeper />
          </ReactFlowProvider>
        </RunContext>
      </SessionProvider>,
    ),
  );
  return last;
}

it('opens a large workflow near enough to read it, and any other one whole', () => {
  expect(farthest(manyNodes + 1)).toBe(largeFitOptions.minZoom);
  act(() => root.unmount());
  expect(farthest(3)).toBe(fitOptions.minZoom);
});
