import { stopWords } from '@heddle/core';
import type { Segment } from '../../ui/markdown/mark-tokens.js';

/** A part of a text with the passages that contain it. */
interface Piece {
  readonly start: number;
  readonly text: string;
  /** Indexes of its passages in the list: several where passages overlap, none between them. */
  readonly passages: readonly number[];
}

/** Splits a text wherever a passage begins or ends. */
export function splitByPassages(
  text: string,
  passages: readonly { readonly start: number; readonly end: number }[],
): readonly Piece[] {
  const marks = new Set([0, text.length]);
  for (const { start, end } of passages) {
    if (start < text.length) marks.add(start);
    if (end < text.length) marks.add(end);
  }
  const cuts = [...marks].sort((a, b) => a - b);
  const found: Piece[] = [];
  let first = 0;
  for (let index = 0; index + 1 < cuts.length; index += 1) {
    const start = cuts[index] ?? 0;
    const end = cuts[index + 1] ?? text.length;
    // Passages are ordered by their position, so those that ended earlier are skipped.
    while (first < passages.length && (passages[first]?.end ?? 0) <= start) first += 1;
    const inside: number[] = [];
    for (let position = first; position < passages.length && (passages[position]?.start ?? 0) < end; position += 1) {
      if ((passages[position]?.end ?? 0) > start) inside.push(position);
    }
    found.push({ start, text: text.slice(start, end), passages: inside });
  }
  return found;
}

/**
 * Splits a text at the words of a query. A word may have an ending of up to two letters: "meal" finds "meals". Ignores stop words and words
 * of one or two letters.
 */
export function markQueryTerms(text: string, query: string): readonly Segment[] {
  const asked = query.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? [];
  const terms = new Set(asked.filter((word) => !stopWords.has(word)));
  if (terms.size === 0) return [{ text, isMarked: false }];
  const alternatives = [...terms].sort((a, b) => b.length - a.length).join('|');
  const wanted = new RegExp(`(?<![\\p{L}\\p{N}])((?:${alternatives})\\p{L}{0,2})(?![\\p{L}\\p{N}])`, 'giu');
  return text
    .split(wanted)
    .map((part, index) => ({ text: part, isMarked: index % 2 === 1 }))
    .filter((part) => part.text !== '');
}
