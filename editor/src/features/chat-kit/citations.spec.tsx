/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { act, type ReactElement } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import '../../ui/markdown/MarkdownBody.js';
import { AnswerText } from '../../ui/markdown/AnswerText.js';
import { CitedList, useCited } from './CitedList.js';
import type { Source } from './types.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let root: Root;
let container: HTMLElement;
beforeEach(() => {
  container = document.createElement('div');
  document.body.append(container);
  root = createRoot(container);
});
afterEach(() => {
  act(() => root.unmount());
  container.remove();
});

function Answer({ sources: all, text }: { readonly sources: readonly Source[]; readonly text: string }): ReactElement {
  const cited = useCited(text, all);
  return (
    <>
      <AnswerText text={text} citations={cited.sources} mark={cited.mark} />
      <CitedList cited={cited} />
    </>
  );
}
const show = (sources: readonly Source[], text: string): Promise<void> =>
  act(async () => root.render(<Answer sources={sources} text={text} />));

it('marks only existing sources, and opens them', async () => {
  const source = { number: 1, passage: 'p', document: 'a.md', quote: 'the 27th', quoteStart: 3, quoteEnd: 11 };
  await show([{ ...source, words: 'On the 27th, always.', source: 'javascript:x' }], 'Paid [1], not [2].');
  const [mark, ...others] = container.querySelectorAll('button');
  expect(others).toHaveLength(0);
  expect(container.querySelector('.answer')?.textContent).toBe('Paid\u20091, not [2].');
  expect(mark?.getAttribute('aria-label')).toBe('Source 1: a.md');
  expect(container.querySelector('mark')?.textContent).toBe('the 27th');
  expect(container.querySelector('blockquote')?.textContent).toBe('On the 27th, always.');
  expect(container.querySelector('a')).toBeNull();
  HTMLElement.prototype.scrollIntoView = () => undefined;
  act(() => mark?.click());
  expect(container.querySelector('details')?.open).toBe(true);
});

it('shows the text of a source without the syntax of Markdown', async () => {
  const text = '## Washing\n\nWash it **cold**, then:\n\n- Dry it *flat*\n- <b>Never</b> wring it';
  const quote = 'Wash it **cold**, then:';
  const quoteStart = text.indexOf(quote);
  const source = { number: 1, passage: 'p', document: 'wool.md', words: text, quote, quoteStart };
  await show([{ ...source, quoteEnd: quoteStart + quote.length }], 'Cold [1].');
  const shown = container.querySelector('blockquote');
  expect(shown?.textContent).toBe('WashingWash it cold, then:Dry it flat<b>Never</b> wring it');
  expect([...(shown?.querySelectorAll('mark') ?? [])].map(({ textContent }) => textContent).join('')).toBe(
    'Wash it cold, then:',
  );
  expect(shown?.querySelector('b')).toBeNull();
});

it('numbers sources in the order of the answer, in the marks and in the list', async () => {
  const source = (number: number) => ({
    number,
    passage: `p${number}`,
    document: `${number}.md`,
    quote: 'q',
    quoteStart: 0,
    quoteEnd: 1,
  });
  await show([source(1), source(4)], 'First [4], then [1].');
  const marks = [...container.querySelectorAll('.answer button')];
  expect(marks.map((mark) => mark.getAttribute('aria-label'))).toEqual(['Source 1: 4.md', 'Source 2: 1.md']);
  expect([...container.querySelectorAll('summary')].map(({ textContent }) => textContent)).toEqual([
    '1 4.md',
    '2 1.md',
  ]);
});
