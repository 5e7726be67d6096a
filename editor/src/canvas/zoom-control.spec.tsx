/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseDocument } from '@heddle/core';
import { ReactFlowProvider } from '@xyflow/react';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { createDocumentStore, showVersionDocument } from '../document/document-store.js';
import { createFakeSocket } from '../live/fake-socket.js';
import { createLiveClient } from '../live/live-client.js';
import { createRunSession } from '../run/run-session.js';
import { SessionContext, type Session } from '../session.js';
import { createViewStore, type CanvasHandle } from '../view/view-store.js';
import { ZoomControl } from './ZoomControl.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let root: Root;
let place: HTMLElement;
let done: string[];
let view: Session['view'];

function show(count: number): void {
  const documents = createDocumentStore();
  const node = { type: 'x', version: 1 };
  const nodes = Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, node]));
  showVersionDocument(documents, parseDocument({ heddle: 1, name: 'Test', nodes, edges: [] }));
  view = createViewStore();
  const canvas = { fit: () => done.push('fit'), zoomBy: (factor: number) => done.push(factor > 1 ? 'in' : 'out') };
  view.setState({ canvas: canvas as unknown as CanvasHandle });
  const runs = createRunSession(
    { startRun: async () => ({ runId: 'r' }), cancelRun: async () => undefined },
    createLiveClient(createFakeSocket()),
    (callback) => callback(),
  );
  const session = { documents, view, runs, commands: { documents, view, runs } } as unknown as Session;
  act(() =>
    root.render(
      <SessionContext value={session}>
        <ReactFlowProvider initialMinZoom={0.05} initialMaxZoom={1}>
          <ZoomControl />
        </ReactFlowProvider>
      </SessionContext>,
    ),
  );
}

beforeEach(() => {
  place = document.body.appendChild(document.createElement('div'));
  root = createRoot(place);
  done = [];
});
afterEach(() => {
  act(() => root.unmount());
  place.remove();
});

const button = (name: RegExp): HTMLButtonElement | undefined =>
  [...place.querySelectorAll('button')].find((one) => name.test(one.getAttribute('aria-label') ?? ''));

describe('the zoom control', () => {
  it('says how near the workflow is seen, and its buttons have names with their keys', () => {
    show(1);
    expect(place.querySelector('[role=group]')?.getAttribute('aria-label')).toBe('Zoom');
    expect(place.querySelector('.zoom-now')?.textContent).toBe('Zoom 100%');
    expect([...place.querySelectorAll('button')].map((one) => one.getAttribute('aria-label'))).toEqual([
      'Zoom out (-)',
      'Zoom in (+)',
      'Show everything (1)',
      'Show or hide the map (M)',
    ]);
  });

  it('zooms out and shows everything, and not further in than one can see', () => {
    show(1);
    for (const name of [/^Zoom out/, /^Zoom in/, /^Show everything/]) act(() => button(name)?.click());
    expect(done).toEqual(['out', 'fit']);
    expect(button(/^Zoom in/)?.disabled).toBe(true);
  });

  it('turns the map on and off, which begins off unless there are many nodes', () => {
    const isOn = (): string | null | undefined => button(/map/)?.getAttribute('aria-pressed');
    show(151);
    expect(isOn()).toBe('true');
    show(1);
    expect(isOn()).toBe('false');
    act(() => button(/map/)?.click());
    expect([isOn(), view.getState().isMinimapOpen]).toEqual(['true', true]);
    act(() => button(/map/)?.click());
    expect(isOn()).toBe('false');
  });
});
