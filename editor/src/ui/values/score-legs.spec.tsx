/** @jest-environment jsdom */
import { expect, it } from '@jest/globals';
import { act } from 'react';
import { client } from '../../data/api/client.js';
import { openFakePage } from '../testing/fake-page.js';
import { SearchPanel } from '../../features/collections/SearchPanel.js';
import { PassageView } from './PassageView.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

it('the scores of a passage have the same names in a search and in a run', async () => {
  const passage = {
    ...{ id: 'p', collection: 'faq', document: 'd', text: 'wool' },
    scores: { dense: 0.8, lexical: 3, fused: 0.1, rerank: 0.9 },
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
    await act(async () =>
      page.root.render(<SearchPanel name="faq" title="faq" hint={undefined} onOpen={() => undefined} />),
    );
    const field = document.querySelector('input');
    await act(async () => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, 'wool');
      field?.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await act(async () => document.querySelector('form')?.requestSubmit());
    expect(names('.scores .quiet')).toEqual(inRun);
    expect(inRun).toEqual(['Semantic', 'Keyword', 'Combined', 'Reranked']);
  } finally {
    page.leave();
    Object.assign(client, { POST });
    Object.assign(globalThis, real);
  }
});
