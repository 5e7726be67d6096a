/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseDocument } from '@heddle/core';
import { ReactFlowProvider, useStoreApi } from '@xyflow/react';
import { act, useEffect } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { createDocumentStore, showVersionDocument } from '../../document/document-store.js';
import { createFakeSocket } from '../../../data/testing/fake-socket.js';
import { createLiveClient } from '../../../data/live/live-client.js';
import { createRunSession } from '../../run/run-session.js';
import { SessionProvider } from '../../session/SessionProvider.js';
import type { Session } from '../../session/session.js';
import { createViewStore, type CanvasHandle } from '../../view/view-store.js';
import { mapChoice, readMapChoice } from '../../view/map-choice.js';
import { Minimap } from './Minimap.js';
import { ZoomControl } from './ZoomControl.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let root: Root;
let container: HTMLElement;
let done: string[];
let isHidden: boolean;

/** React Flow's state: one card, in or out of view. */
function View(): null {
  const flow = useStoreApi();
  useEffect(
    () =>
      flow.setState({
        width: 800,
        height: 600,
        nodes: [
          { id: 'n0', position: { x: isHidden ? -900 : 20, y: 20 }, data: {}, measured: { width: 248, height: 90 } },
        ],
      }),
    [flow],
  );
  return null;
}

function show(count: number): void {
  const documents = createDocumentStore();
  const node = { type: 'x', version: 1 };
  const nodes = Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, node]));
  showVersionDocument(documents, parseDocument({ heddle: 2, name: 'Test', nodes, edges: [] }));
  const view = createViewStore();
  const canvas = {
    fit: () => done.push('fit'),
    zoomBy: (factor: number) => done.push(factor > 1 ? 'in' : 'out'),
    isPartHidden: () => isHidden,
  };
  view.setState({ canvas: canvas as unknown as CanvasHandle });
  const runs = createRunSession(
    { startRun: async () => ({ runId: 'r' }), cancelRun: async () => undefined },
    createLiveClient(createFakeSocket()),
    (callback) => callback(),
  );
  const session = { documents, view, runs, commands: { documents, view, runs } } as unknown as Session;
  act(() =>
    root.render(
      <SessionProvider value={session}>
        <ReactFlowProvider key={count} initialMinZoom={0.05} initialMaxZoom={1}>
          <View />
          <Minimap />
          <ZoomControl />
        </ReactFlowProvider>
      </SessionProvider>,
    ),
  );
}

beforeEach(() => {
  container = document.body.appendChild(document.createElement('div'));
  root = createRoot(container);
  done = [];
  isHidden = false;
  chooseNothing();
});
afterEach(() => {
  act(() => root.unmount());
  container.remove();
});

const button = (name: RegExp): HTMLButtonElement | undefined =>
  [...container.querySelectorAll('button')].find((one) => name.test(one.getAttribute('aria-label') ?? ''));

const isOn = (): string | null | undefined => button(/map/)?.getAttribute('aria-pressed');
const isMapThere = (): boolean => container.querySelector('.minimap') !== null;
function chooseNothing(): void {
  localStorage.clear();
  act(() => mapChoice.setState({ isOpen: undefined }));
}

describe('the zoom control', () => {
  it('shows the zoom in percent, and names its buttons with their keys', () => {
    show(1);
    expect(container.querySelector('[role=group]')?.getAttribute('aria-label')).toBe('Zoom, map and legend');
    expect(container.querySelector('.zoom-now')?.textContent).toBe('Zoom 100%');
    expect([...container.querySelectorAll('button')].map((one) => one.getAttribute('aria-label'))).toEqual([
      'Zoom out (-)',
      'Zoom in (+)',
      'Fit to view (1)',
      'Show or hide map (M)',
      'Legend of the canvas (L)',
    ]);
  });

  it('zooms out and fits the view, and disables zooming in at the maximum', () => {
    show(1);
    for (const name of [/^Zoom out/, /^Zoom in/, /^Fit to view/]) act(() => button(name)?.click());
    expect(done).toEqual(['out', 'fit']);
    // aria-disabled instead of disabled: a user who zoomed in to the limit keeps the focus.
    expect(button(/^Zoom in/)?.getAttribute('aria-disabled')).toBe('true');
    expect(button(/^Zoom in/)?.disabled).toBe(false);
  });

  it('turns the map on and off, which starts off unless there are many nodes and some are out of view', () => {
    isHidden = true;
    show(151);
    expect(isOn()).toBe('true');
    act(() => button(/map/)?.click());
    expect(isOn()).toBe('false');
    chooseNothing();
    show(1);
    expect(isOn()).toBe('false');
    act(() => button(/map/)?.click());
    expect(isOn()).toBe('true');
    act(() => button(/map/)?.click());
    expect(isOn()).toBe('false');
  });

  it('marks its map button as pressed while the map is shown, even when the whole workflow is in view', () => {
    show(151);
    expect([isOn(), isMapThere()]).toEqual(['false', false]);
    act(() => button(/map/)?.click());
    expect([isOn(), isMapThere()]).toEqual(['true', true]);
    act(() => button(/map/)?.click());
    expect([isOn(), isMapThere()]).toEqual(['false', false]);
  });

  it('keeps the choice of the map over a reload, or until the reload when the browser cannot store it', () => {
    show(1);
    act(() => button(/map/)?.click());
    expect(readMapChoice().isOpen).toBe(true);
    act(() => button(/map/)?.click());
    expect(readMapChoice().isOpen).toBe(false);
    const real = Object.getOwnPropertyDescriptors(Storage.prototype);
    const refuse = (): never => {
      throw new DOMException('Storage is off.', 'SecurityError');
    };
    Object.assign(Storage.prototype, { setItem: refuse, getItem: refuse });
    try {
      act(() => button(/map/)?.click());
      expect([isOn(), isMapThere()]).toEqual(['true', true]);
    } finally {
      Object.defineProperties(Storage.prototype, real);
    }
  });
});
