/** @jest-environment jsdom */
import { expect, it } from '@jest/globals';
import type { Source } from './kept.js';
import { createSources } from './sources.js';

it('shows the words of a source as they read, without the marks that Markdown writes', () => {
  const words = '## Washing\n\nWash it **cold**, then:\n\n- Dry it *flat*\n- <b>Never</b> wring it';
  const quote = 'Wash it **cold**, then:';
  const quoteStart = words.indexOf(quote);
  const source = { number: 1, document: 'wool.md', words, quote, quoteStart, quoteEnd: quoteStart + quote.length };
  const shown = createSources([source as Source]).element?.querySelector('blockquote');
  expect(shown?.textContent).toBe('Washing\n\nWash it cold, then:\n\n• Dry it flat\n• <b>Never</b> wring it');
  expect(shown?.querySelector('mark')?.textContent).toBe('Wash it cold, then:');
  expect(shown?.querySelector('b')).toBeNull();
});
