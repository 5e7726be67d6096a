/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ReactFlowProvider, useStoreApi } from '@xyflow/react';
import { parseDocument, type StreamEvent } from '@heddle/core';
import { act, useEffect } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { createDocumentStore, showRunDocument } from '../document/document-store.js';
import { createRunView, type RunView } from '../run/fold/run-view.js';
import { RunContext } from '../run/use-run.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { useFitOpenedRun } from './use-fit-opened-run.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const at = { runId: 'r', path: 'ask', attempt: 1 };
const began: StreamEvent = { type: 'node-start', ...at, seq: 1, time: 100 };
const asked: StreamEvent = {
  type: 'human-input-start',
  ...at,
  requestId: 'a',
  key: 'ask',
  question: { title: 'May it go?', schema: {} },
  seq: 2,
  time: 110,
};

let root: Root;
let flow: ReturnType<typeof useStoreApi>;
let run: RunView;
/** How often the canvas was fitted into the view. */
let fits: number;

function Shown(): null {
  const store = useStoreApi();
  useEffect(() => void (flow = store), [store]);
  useFitOpenedRun();
  return null;
}

beforeEach(() => {
  const documents = createDocumentStore();
  const document = parseDocument({
    heddle: 2,
    name: 'Letter',
    nodes: { ask: { type: 'human', version: 1 } },
    edges: [],
  });
  showRunDocument(documents, { runId: 'r', workflowId: 'w', document, inputs: {} });
  run = createRunView('r', (callback) => callback());
  root = createRoot(globalThis.document.createElement('div'));
  act(() =>
    root.render(
      <SessionProvider value={{ documents } as unknown as Session}>
        <RunContext value={run}>
          <ReactFlowProvider>
            <Shown />
          </ReactFlowProvider>
        </RunContext>
      </SessionProvider>,
    ),
  );
  measure(120);
  fits = 0;
  flow.subscribe((state, before) => {
    if (state.fitViewQueued && !before.fitViewQueued) fits += 1;
  });
});
afterEach(() => act(() => root.unmount()));

/** Measures the card at a height, in a window of 800 by 600. */
function measure(height: number): void {
  act(() => {
    flow.setState({ width: 800, height: 600 });
    flow.getState().setNodes([{ id: 'ask', position: { x: 0, y: 0 }, data: {}, measured: { width: 248, height } }]);
  });
}

describe('a run that is opened', () => {
  it('is fitted into the view again when its open question makes the card taller than the window', () => {
    act(() => run.take([began, asked]));
    measure(300);
    expect(fits).toBe(0);
    measure(900);
    expect(fits).toBe(1);
    measure(900);
    expect(fits).toBe(1);
  });

  it('keeps its view once the user has pressed a pointer', () => {
    act(() => run.take([began, asked]));
    act(() => void window.dispatchEvent(new Event('pointerdown')));
    measure(900);
    expect(fits).toBe(0);
  });

  it('keeps its view when a question arrives while the run is watched', () => {
    act(() => run.take([began]));
    act(() => run.take([asked]));
    measure(900);
    expect(fits).toBe(0);
  });
});
