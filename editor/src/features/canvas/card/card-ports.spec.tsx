/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { NodeDescription, PortDescription } from '@heddle/core';
import { ReactFlowProvider } from '@xyflow/react';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { edgeCommands } from '../../commands/edge-commands.js';
import type { CommandFacts } from '../../commands/command.js';
import { usedPorts } from '../../document/read/edge-index.js';
import { createDocumentStore } from '../../document/document-store.js';
import { SessionProvider } from '../../session/SessionProvider.js';
import type { CommandContext, Session } from '../../session/session.js';
import { createViewStore, selectNodes, type ViewStore } from '../../view/view-store.js';
import { CardPorts } from './CardPorts.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const port = (name: string, type: PortDescription['type'] = 'Text'): PortDescription => ({
  name,
  type,
  mode: 'one',
  isOptional: true,
});
const description: NodeDescription = {
  type: 'generate',
  version: 1,
  category: 'model',
  title: 'Generate',
  summary: '',
  role: 'step',
  effects: [],
  config: {},
  defaults: {},
  hasDynamicPorts: false,
  inputs: [port('prompt'), port('messages', 'Messages'), port('passages', 'Passages'), port('image', 'Image')],
  outputs: [port('text')],
};

let root: Root;
let view: ViewStore;
const names = (): string[] => [...document.querySelectorAll('.port-name')].map((name) => name.textContent);
const button = (): HTMLButtonElement | null => document.querySelector('.port-fold button');

beforeEach(() => {
  view = createViewStore();
  const used = usedPorts({ edges: [{ from: 'a.x', to: 'g.messages' }] }, 'g');
  root = createRoot(document.body.appendChild(document.createElement('div')));
  const session = { view, documents: createDocumentStore() } as unknown as Session;
  act(() =>
    root.render(
      <SessionProvider value={session}>
        <ReactFlowProvider>
          <CardPorts id="g" ports={description} used={used} description={description} />
        </ReactFlowProvider>
      </SessionProvider>,
    ),
  );
});
afterEach(() => {
  act(() => root.unmount());
  document.body.innerHTML = '';
});

describe('the folded ports of a card', () => {
  it('unfold after the other ports when the button is pressed, and fold again', () => {
    expect(names()).toEqual(['prompt', 'messages', 'text']);
    expect(button()?.textContent).toBe('+ 2 inputs');
    expect(button()?.getAttribute('aria-expanded')).toBe('false');
    act(() => button()?.click());
    expect(names()).toEqual(['prompt', 'messages', 'passages', 'image', 'text']);
    expect(button()?.textContent).toBe('Fewer inputs');
    act(() => button()?.click());
    expect(names()).toEqual(['prompt', 'messages', 'text']);
  });

  it('unfold for the selected node by a command', () => {
    const command = edgeCommands.find(({ id }) => id === 'ports');
    const facts = (): CommandFacts => ({ view: view.getState() }) as CommandFacts;
    expect(command?.isEnabled(facts())).toBe(false);
    act(() => selectNodes(view, ['g']));
    expect(command?.isEnabled(facts())).toBe(true);
    act(() => void command?.run({ view } as CommandContext));
    expect(names()).toContain('passages');
    act(() => void command?.run({ view } as CommandContext));
    expect(names()).not.toContain('passages');
  });

  it('show the ports that fit while an edge is drawn over the card, and mark the fold button before', () => {
    const drawing = { end: 'r.passages', side: 'output', type: 'Passages' } as const;
    act(() => view.setState({ drawing }));
    expect(names()).toEqual(['prompt', 'messages', 'text']);
    expect(document.querySelector('.port-fold')?.hasAttribute('data-fit')).toBe(true);
    act(() => view.setState({ drawnOver: 'g' }));
    expect(names()).toEqual(['prompt', 'messages', 'passages', 'text']);
    expect(document.querySelector('.port-fold')?.hasAttribute('data-fit')).toBe(false);
    act(() => view.setState({ drawing: undefined, drawnOver: undefined }));
    expect(names()).toEqual(['prompt', 'messages', 'text']);
  });
});
