import { describe, expect, it } from '@jest/globals';
import { htmlToMarkdown } from './html.js';
import { htmlPieces } from './html-pieces.js';

describe('htmlPieces', () => {
  it('closes open elements, and keeps attributes and entities', () => {
    expect(htmlPieces('<p class="a&amp;b">1 &lt; 2<p>two<br>x')).toEqual([
      '<p class="a&amp;b">1 &lt; 2</p><p>two<br>x</p>',
    ]);
  });

  it('cuts a long page between its blocks, also inside plain containers', () => {
    const page = `<html><body><div id="all">${'<p>some <b>words</b> here'.repeat(5_000)}</div><ul>${'<li>item'.repeat(5_000)}</ul></body></html>`;
    const pieces = htmlPieces(page);
    expect(pieces.length).toBeGreaterThan(8);
    for (const piece of pieces) expect(piece.startsWith('<html><body>')).toBe(true);
    // The list is a block and stays whole.
    expect(pieces.filter((piece) => piece.includes('<li>'))).toHaveLength(1);
    const markdown = htmlToMarkdown(page);
    expect(markdown.match(/some \*\*words\*\* here/g)).toHaveLength(5_000);
    expect(markdown.match(/^- item$/gm)).toHaveLength(5_000);
  });

  it('never cuts a paragraph, a table or the text beside them', () => {
    const long = 'word '.repeat(10_000);
    const text = `<div>before <span>${long}</span> after</div><table><tr><td>${long}</td><td>x</td></tr><tr><td>y</td></tr></table>`;
    const pieces = htmlPieces(text);
    expect(pieces[0]).toBe(`<div>before <span>${long}</span> after</div>`);
    expect(pieces[1]?.startsWith('<table>')).toBe(true);
    expect(pieces[1]?.endsWith('</table>')).toBe(true);
  });
});
