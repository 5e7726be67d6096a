import { describe, expect, it } from '@jest/globals';
import type { Passage } from '@heddle/core';
import { documentText } from './document-text.js';

const source = 'Leave lasts thirty days.\n\nAsk your lead first. Then book it in the calendar.';
const cut = (start: number, end: number): Passage => ({
  id: `d#${start}`,
  document: 'd',
  text: source.slice(start, end),
  place: { start, end },
});

describe('the text of a document', () => {
  it('is joined from passages that overlap and leave out blank lines', () => {
    const { text, passages } = documentText([cut(0, 24), cut(26, 46), cut(37, source.length)]);
    expect(text).toBe(source);
    expect(passages.map(({ passage, start, end }) => text.slice(start, end) === passage.text)).toEqual([
      true,
      true,
      true,
    ]);
    expect(passages.map(({ start }) => start)).toEqual([0, 26, 37]);
  });

  it('shows passages that are no slices of the text one after the other', () => {
    const rows: Passage[] = [
      { id: 'a', document: 'd', text: 'name: Ada', place: { row: 1, start: 5, end: 8 } },
      { id: 'b', document: 'd', text: 'name: Bo' },
    ];
    const { text, passages } = documentText(rows);
    expect(text).toBe('name: Ada\n\nname: Bo');
    expect(passages[1]).toMatchObject({ start: 11, end: 19 });
  });

  it('is empty for a document without passages', () => {
    expect(documentText([])).toEqual({ text: '', passages: [] });
  });
});
