/** @jest-environment jsdom */
import { expect, it } from '@jest/globals';
import { act } from 'react';
import { client } from '../../data/api/client.js';
import { openFakePage } from '../testing/fake-page.js';
import { SearchPanel } from '../../features/collections/SearchPanel.js';
import { relevanceOf } from './read/relevance.js';
import { PassageView } from './PassageView.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

it('the scores of a passage have the same names in a search and in a run', async () => {
  const passage = {
    id: 'p',
    collection: 'faq',
    document: 'd',
    text: 'wool',
    score: 0.8,
    scores: { dense: 0.8, lexical: 3, fused: 0.1, graph: 0.4, rerank: 0.9 },
    linkedBy: ['Ada Lovelace', 'London\u202E'],
  };
  const { POST } = client;
  const names = (selector: string): readonly (string | null)[] =>
    [...document.querySelectorAll(selector)].map((name) => name.textContent);
  const real = { ResizeObserver: globalThis.ResizeObserver };
  const observer = class {
    observe(): void {}
    disconnect(): void {}
  };
  Object.assign(globalThis, { ResizeObserver: observer });
  Object.assign(client, { POST: async () => ({ results: [passage] }) });
  const page = openFakePage(() => undefined);
  try {
    await act(async () => page.root.render(<PassageView passages={[passage as never]} />));
    const inRun = names('.passage-legs dt');
    const linked = 'Found through Ada Lovelace, London⟨U+202E⟩';
    expect(document.querySelector('.relevance')?.textContent).toContain(linked);
    await act(async () =>
      page.root.render(<SearchPanel name="faq" title="FAQ" hint={undefined} onOpen={() => undefined} />),
    );
    const field = document.querySelector('input');
    await act(async () => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, 'wool');
      field?.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await act(async () => document.querySelector('form')?.requestSubmit());
    expect(names('.passage-legs dt')).toEqual(inRun);
    expect(document.querySelector('.relevance-bar')?.getAttribute('aria-label')).toBe('Relevance 80 %');
    expect(document.querySelector('.relevance')?.textContent).toContain(linked);
    expect(inRun).toEqual(['Semantic', 'Keyword', 'Combined', 'Linked', 'Reranked']);
  } finally {
    page.leave();
    Object.assign(client, { POST });
    Object.assign(globalThis, real);
  }
});

it.each([
  [
    'a similarity, as it is',
    [
      { score: 0.8, scores: { dense: 0.8 } },
      { score: 0.4, scores: { dense: 0.4 } },
    ],
    [0.8, 0.4],
  ],
  ['a reranker, as it is', [{ score: 0.9, scores: { dense: 0.2, rerank: 0.9 } }], [0.9]],
  [
    'keywords, as a share of the best',
    [
      { score: 6, scores: { lexical: 6 } },
      { score: 3, scores: { lexical: 3 } },
    ],
    [1, 0.5],
  ],
  ['both, as a share of the best', [{ score: 0.04, scores: { fused: 0.04, dense: 0.7 } }, { score: 0.01 }], [1, 0.25]],
  ['nothing', [{}, { score: 0 }], [undefined, 0]],
  ['odd numbers', [{ score: Number.NaN }, { score: -3 }, { score: 2 }], [0, 0, 1]],
  ['no passages', [], []],
])('relevance by %s', (_what, passages, expected) => {
  expect(relevanceOf(passages)).toEqual(expected);
});
