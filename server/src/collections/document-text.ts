import type { Passage } from '@heddle/core';

/** A passage and its position in the text of the document. */
export interface PlacedPassage {
  readonly passage: Passage;
  readonly start: number;
  readonly end: number;
}

/** Rebuilds the text of a document from its passages. Overlaps appear once; blank lines that the splitter left out become line breaks. */
export function documentText(passages: readonly Passage[]): {
  readonly text: string;
  readonly passages: readonly PlacedPassage[];
} {
  let text = '';
  /** Where the text so far ends, as an offset in the document. */
  let written = 0;
  const placed = passages.map((passage): PlacedPassage => {
    const from = passage.place?.start;
    const to = passage.place?.end;
    const isSlice = from !== undefined && to !== undefined && to - from === passage.text.length;
    const shared = isSlice ? Math.min(Math.max(0, written - from), passage.text.length, text.length) : 0;
    const isOverlap = shared > 0 && text.endsWith(passage.text.slice(0, shared));
    if (!isOverlap && text !== '')
      text += isSlice && from === written ? '' : '\n'.repeat(isSlice ? Math.min(2, Math.max(1, from - written)) : 2);
    const start = isOverlap ? text.length - shared : text.length;
    text += isOverlap ? passage.text.slice(shared) : passage.text;
    if (to !== undefined) written = Math.max(written, to);
    return { passage, start, end: start + passage.text.length };
  });
  return { text, passages: placed };
}
