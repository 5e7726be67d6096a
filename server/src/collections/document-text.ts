import type { Passage } from '@heddle/core';

/** A passage and its position in the text. */
export interface PlacedPassage {
  readonly passage: Passage;
  readonly start: number;
  readonly end: number;
}

/**
 * The text of a document, put together from its passages: overlaps appear once, and gaps that the splitter left out (blank lines) are a
 * line break.
 */
export function documentText(passages: readonly Passage[]): {
  readonly text: string;
  readonly passages: readonly PlacedPassage[];
} {
  let text = '';
  /** End of the written text, as an offset of the document. */
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
