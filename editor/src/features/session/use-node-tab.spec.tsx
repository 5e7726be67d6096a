/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { StreamEvent } from '@heddle/core';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { createRunView, type RunView } from '../run/fold/run-view.js';
import { RunContext } from '../run/use-run.js';
import { chooseTab, noteNodeClick, openSettingsTab, tabStore } from '../view/tab-store.js';
import { useNodeTab } from './use-node-tab.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const began: StreamEvent = { type: 'node-start', runId: 'r', path: 'ask', attempt: 1, seq: 1, time: 100 };

let root: Root;
let run: RunView;
let container: HTMLElement;
const Shown = ({ node }: { readonly node: string }): string => useNodeTab(node);
/** Selects a node; returns its open tab. */
function select(node: string): string {
  act(() =>
    root.render(
      <RunContext value={run}>
        <Shown node={node} />
      </RunContext>,
    ),
  );
  return container.textContent ?? '';
}

beforeEach(() => {
  tabStore.setState({ tab: 'settings', isChosen: false });
  run = createRunView('r', (callback) => callback());
  container = document.createElement('div');
  root = createRoot(container);
});
afterEach(() => act(() => root.unmount()));

describe('the tab of a selected node', () => {
  it('is its settings before a run, and its output after one', () => {
    expect(select('ask')).toBe('settings');
    act(() => run.take([began]));
    expect(select('other')).toBe('settings');
    expect(select('ask')).toBe('output');
    expect(select('other')).toBe('settings');
  });

  it('stays while a run starts, until the node is clicked again', () => {
    expect(select('ask')).toBe('settings');
    act(() => run.take([began]));
    expect(container.textContent).toBe('settings');
    act(() => noteNodeClick());
    expect(container.textContent).toBe('output');
  });

  it('is the one that the user chose, for every node from then on', () => {
    act(() => run.take([began]));
    select('ask');
    act(() => chooseTab('log'));
    expect(select('other')).toBe('log');
    expect(select('ask')).toBe('log');
  });

  it('is the settings for a requested field, and is decided again at the next node', () => {
    act(() => run.take([began]));
    select('ask');
    act(() => openSettingsTab());
    expect(container.textContent).toBe('settings');
    select('other');
    expect(select('ask')).toBe('output');
  });
});
