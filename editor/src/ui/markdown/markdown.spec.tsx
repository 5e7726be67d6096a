/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import './MarkdownBody.js';
import { Markdown } from './Markdown.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let root: Root;
let container: HTMLElement;
beforeEach(() => {
  container = document.createElement('div');
  root = createRoot(container);
});
afterEach(() => act(() => root.unmount()));

async function shown(text: string): Promise<HTMLElement> {
  await act(async () => root.render(<Markdown text={text} />));
  return container;
}

describe('rendered Markdown', () => {
  it('consists of elements: headings, lists, tables, code, links', async () => {
    const made = await shown(
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
  ])('leaves markup as text: %s', async (text) => {
    const made = await shown(text);
    expect(made.querySelectorAll('script, img, iframe, svg, style, b, [onclick], [onerror]')).toHaveLength(0);
    for (const link of made.querySelectorAll('a')) expect(link.href).toMatch(/^https:/);
  });

  it('shows only the text of a relative link, and the source of a link that could do harm', async () => {
    const made = await shown(
      'See [**the** docs](../../docs/a.md), [x](javascript:y), [z](//evil.example) and [w](&#106;avascript:v).',
    );
    expect(made.querySelectorAll('a')).toHaveLength(0);
    expect(made.querySelector('strong')?.textContent).toBe('the');
    expect(made.textContent).toContain(
      'See the docs, [x](javascript:y), [z](//evil.example) and [w](&#106;avascript:v).',
    );
  });

  it('copes with text of hostile size and depth', async () => {
    expect((await shown('> '.repeat(5_000) + 'x')).textContent).toContain('x');
    expect((await shown(`a${'['.repeat(5_000)}`)).textContent).toHaveLength(5_001);
    const long = await shown('word '.repeat(40_000));
    expect(long.textContent?.length).toBeLessThan(30_000);
    expect(long.textContent).toContain('of 200,000 characters');
  });
});
