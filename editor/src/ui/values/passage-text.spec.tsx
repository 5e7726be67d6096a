/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { markQueryTerms } from '../../features/collections/split-by-passages.js';
import { CitationView } from './CitationView.js';
import { CitedSources } from '../markdown/CitedText.js';
import { highlightParts } from './read/highlight-parts.js';
import '../markdown/MarkdownBody.js';
import type { Segment } from '../markdown/mark-tokens.js';
import { PassageText } from './PassageText.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let root: Root;
let container: HTMLElement;
beforeEach(() => {
  container = document.createElement('div');
  root = createRoot(container);
});
afterEach(() => act(() => root.unmount()));

async function show(parts: readonly Segment[]): Promise<void> {
  await act(async () =>
    root.render(
      <CitedSources value={() => true}>
        <PassageText parts={parts} />
      </CitedSources>,
    ),
  );
}
const marked = (): readonly (string | null)[] =>
  [...container.querySelectorAll('mark')].map((mark) => mark.textContent);
const text = [
  '## Care of *wool*',
  '',
  '- Wash it **cold**, see [the label](https://example.org/cold)',
  '- Dry it flat',
  '  in the shade [1]',
  '',
  '| part | care |',
  '| --- | --- |',
  '| wool | cold |',
  '',
  '<img src=x onerror="alert(1)"> stays text, `cold` too.',
].join('\n');

describe('the text of a document', () => {
  it('has its marks and no Markdown syntax, even before the reader of Markdown is loaded', async () => {
    // Rendered without waiting: the reader of Markdown is not loaded yet.
    act(() => root.render(<PassageText parts={markQueryTerms(text, 'flat')} />));
    expect(container.querySelector('[role=heading]')).toBeNull();
    expect(container.textContent).not.toMatch(/##|\*\*/);
    expect(marked()).toEqual(['flat']);
    await show([{ text, isMarked: false }]);
  });

  it('is shown as headings, lists, tables and emphasis, without Markdown syntax', async () => {
    await show([{ text, isMarked: false }]);
    expect(container.querySelector('[role=heading]')?.textContent).toBe('Care of wool');
    expect([...container.querySelectorAll('li')].map((item) => item.textContent)).toEqual([
      'Wash it cold, see the label',
      'Dry it flat\nin the shade [1]',
    ]);
    expect(container.querySelector('strong')?.textContent).toBe('cold');
    expect(container.querySelectorAll('td')).toHaveLength(2);
    expect(container.textContent).not.toMatch(/##|\*\*|---/);
  });

  it('shows HTML as text, and does not link its own numbers to sources of the answer', async () => {
    await show([{ text, isMarked: false }]);
    expect(container.querySelector('img')).toBeNull();
    expect(container.textContent).toContain('<img src=x onerror="alert(1)"> stays text');
    expect(container.querySelector('.citation-mark')).toBeNull();
  });

  it('has the terms of a search marked wherever they are visible, and not in addresses', async () => {
    await show(markQueryTerms(text, 'cold wool'));
    expect(marked()).toEqual(['wool', 'cold', 'wool', 'cold', 'cold']);
    expect(container.querySelector('a')?.getAttribute('href')).toBe('https://example.org/cold');
    expect(container.querySelector('[role=heading] em mark')?.textContent).toBe('wool');
  });

  it('has a quote marked across emphasis, lines and blocks, even with Windows line ends', async () => {
    for (const whole of [text, text.replaceAll('\n', '\r\n')]) {
      const quoteStart = whole.indexOf('it **cold**');
      const quote = whole.slice(quoteStart, whole.indexOf(' shade'));
      await show(highlightParts(whole, [{ quoteStart, quoteEnd: quoteStart + quote.length, quote }]));
      expect(marked().join('|')).toBe('it |cold|, see |the label|Dry it flat\nin the');
    }
  });

  it('is shown unchanged when it is no Markdown', async () => {
    await show(markQueryTerms('Two\n  lines of wool', 'wool'));
    expect(container.querySelector('p.value-text')?.textContent).toBe('Two\n  lines of wool');
    expect(marked()).toEqual(['wool']);
  });
});

it('a quote is shown like its document, and marked as a whole', async () => {
  const quote = '## Care\n\n- Wash it **cold**';
  const citation = { number: 1, passage: 'p', document: 'd', quote, quoteStart: 0, quoteEnd: quote.length };
  await act(async () => root.render(<CitationView citations={[citation as never]} />));
  expect(container.querySelector('blockquote')?.textContent).toBe('CareWash it cold');
  expect(marked()).toEqual(['Care', 'Wash it ', 'cold']);
});
