/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act, type ReactElement } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { Citations } from '../../features/chat-kit/Citations.js';
import { CitationList } from '../../features/run-panel/CitationList.js';
import { client } from '../../data/api/client.js';
import { SearchPanel } from '../../features/collections/SearchPanel.js';
import '../markdown/MarkdownBody.js';
import { CitationView } from './CitationView.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const line = 20;
const linesSeen = 2;
/** jsdom has no layout: each link and block is on the line that its text names, and a closed text shows two lines. */
const layout: PropertyDescriptorMap = {
  getClientRects: {
    value(this: Element) {
      const named = /line (\d)/.exec(this.textContent ?? '')?.[1];
      return named === undefined ? [] : [{ top: Number(named) * line }];
    },
  },
  getBoundingClientRect: { value: () => ({ top: 0 }) },
  clientHeight: {
    get(this: HTMLElement) {
      return this.dataset['open'] === undefined ? linesSeen * line : 4 * line;
    },
  },
  scrollHeight: { get: () => 4 * line },
  /** Reflects the attribute, as in a browser. */
  inert: {
    get(this: HTMLElement) {
      return this.hasAttribute('inert');
    },
    set(this: HTMLElement, isInert: boolean) {
      this.toggleAttribute('inert', isInert);
    },
  },
};
const observer = class {
  observe(): void {}
  disconnect(): void {}
};
const real = { ResizeObserver: globalThis.ResizeObserver };
const { POST } = client;
let root: Root;
let container: HTMLElement;
beforeEach(() => {
  Object.assign(globalThis, { ResizeObserver: observer });
  for (const [name, made] of Object.entries(layout))
    Object.defineProperty(HTMLElement.prototype, name, { ...made, configurable: true });
  container = document.body.appendChild(document.createElement('div'));
  root = createRoot(container);
});
afterEach(() => {
  act(() => root.unmount());
  container.remove();
  Object.assign(globalThis, real);
  for (const name of Object.keys(layout)) Reflect.deleteProperty(HTMLElement.prototype, name);
  Object.assign(client, { POST });
});

const text = '[line 0](https://example.org/0)\n\n[line 1](https://example.org/1)\n\n[line 2](https://example.org/2)';
/** The links that are reachable by keyboard. */
const reached = (): readonly (string | null)[] =>
  [...container.querySelectorAll('a')]
    .filter((link) => link.closest('[inert]') === null)
    .map((link) => link.textContent);

describe('text that is cut off', () => {
  it('is unreachable by keyboard in the results of a search', async () => {
    const passage = { id: 'p', document: 'care.md', text };
    Object.assign(client, { POST: async () => ({ results: [passage] }) });
    await act(async () =>
      root.render(<SearchPanel name="faq" title="FAQ" hint={undefined} onOpen={() => undefined} />),
    );
    const field = container.querySelector('input');
    if (field === null) throw new Error('There is no field to search by.');
    await act(async () => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, 'line');
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await act(async () => container.querySelector('form')?.requestSubmit());
    expect(container.querySelectorAll('.result a')).toHaveLength(3);
    expect(reached()).toEqual(['line 0', 'line 1']);
  });

  it('is unreachable by keyboard in the sources of an answer until they are opened', async () => {
    const citation = { number: 1, passage: 'p', document: 'd', quote: text, quoteStart: 0, quoteEnd: text.length };
    await act(async () => root.render(<CitationList citations={[citation as never]} />));
    expect(reached()).toEqual(['line 0', 'line 1']);
    const button = (): HTMLButtonElement | null => container.querySelector('button');
    expect(button()?.textContent).toBe('Show all');
    await act(async () => button()?.click());
    expect(reached()).toEqual(['line 0', 'line 1', 'line 2']);
    expect(button()?.textContent).toBe('Show less');
    await act(async () => button()?.click());
    expect(reached()).toEqual(['line 0', 'line 1']);
  });
});

it('a source says by which entities it was found, wherever sources are listed', async () => {
  const text = { number: 1, passage: 'p', document: 'd', quote: 'Wool', quoteStart: 0, quoteEnd: 4 };
  const linked = { ...text, shown: 1, linkedBy: ['Ada Lovelace', 'London\u202E'] };
  const lists = (citation: typeof linked | typeof text): readonly ReactElement[] => [
    <CitationView citations={[citation]} />,
    <CitationList citations={[{ shown: 1, ...citation }]} />,
    <Citations answer="Wool [1]." sources={[citation]} />,
  ];
  for (const list of lists(linked)) {
    await act(async () => root.render(list));
    expect(container.textContent).toContain('Found through Ada Lovelace, London⟨U+202E⟩');
  }
  for (const list of lists(text)) {
    await act(async () => root.render(list));
    expect(container.textContent).toContain('Wool');
    expect(container.textContent).not.toContain('Found through');
  }
});
