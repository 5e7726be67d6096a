/** @jest-environment jsdom */
import { describe, expect, it } from '@jest/globals';
import { h } from './dom.js';
import { markdown } from './markdown.js';
import { createSources } from './sources.js';

const shown = (text: string, mark?: (number: number) => Node | undefined): HTMLElement =>
  h('div', {}, ...markdown(text, mark));

describe('what a share page makes of Markdown', () => {
  it('is elements of its own: paragraphs, lists, tables, code, links', () => {
    const made = shown(
      '# T\n\na **b** `c`\n\n1. x\n2. y\n\n| A |\n| - |\n| 1 |\n\n```\n<b>\n```\n\n[l](https://a.example)',
    );
    expect(made.querySelector('[role="heading"]')?.textContent).toBe('T');
    expect(made.querySelector('strong')?.textContent).toBe('b');
    expect(made.querySelectorAll('ol > li')).toHaveLength(2);
    expect(made.querySelector('td')?.textContent).toBe('1');
    expect(made.querySelector('pre')?.textContent).toBe('<b>');
    const link = made.querySelector('a');
    expect([link?.href, link?.rel, link?.target]).toEqual([
      'https://a.example/',
      'noreferrer noopener nofollow',
      '_blank',
    ]);
  });

  it.each([
    '<script>x</script>',
    '<img src=x onerror=x>',
    'a <b onclick=x>b</b>',
    '[a](javascript:x)',
    '[a](data:text/html,x)',
    '[a](&#106;avascript:x)',
    '![a](https://a.example/p.png)',
    '<iframe src=x></iframe>',
    '<style>*{}</style>',
    '> <svg onload=x>',
    '| <img src=x> |\n| - |\n| <script>x</script> |',
  ])('leaves markup as text: %s', (text) => {
    const made = shown(text);
    expect(made.querySelectorAll('script, img, iframe, svg, style, b, [onclick], [onerror]')).toHaveLength(0);
    for (const link of made.querySelectorAll('a')) expect(link.href).toMatch(/^https:/);
  });

  it('ends with text that is hostile by its size and depth', () => {
    expect(shown('> '.repeat(5_000) + 'x').textContent).toContain('x');
    expect(shown(`a${'['.repeat(5_000)}`).textContent).toHaveLength(5_001);
    expect(shown('word '.repeat(40_000)).textContent?.length).toBeGreaterThan(190_000);
  });

  it('marks sources that there are, and opens them', () => {
    const source = { number: 1, passage: 'p', document: 'a.md', quote: 'the 27th', quoteStart: 3, quoteEnd: 11 };
    const sources = createSources([{ ...source, words: 'On the 27th, always.', source: 'javascript:x' }]);
    const made = shown('Paid [1], not [2].', (number) => sources.mark(number));
    const [mark, ...others] = made.querySelectorAll('button');
    expect(others).toHaveLength(0);
    expect(made.textContent).toBe('Paid 1, not [2].');
    expect(mark?.getAttribute('aria-label')).toBe('Source 1: a.md');
    expect(sources.element?.querySelector('mark')?.textContent).toBe('the 27th');
    expect(sources.element?.querySelector('blockquote')?.textContent).toBe('On the 27th, always.');
    expect(sources.element?.querySelector('a')).toBeNull();
  });
});
