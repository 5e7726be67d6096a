import type { Span } from './sentences.js';

const markPattern = /\[(\d{1,3}(?: ?[,;] ?\d{1,3}){0,9})\]/g;

/** The numbers of passages, from 1, that a part of an answer cites as `[2]` or `[1, 3]`. Numbers without a passage are left out. */
export function marksIn(text: string, passages: number): readonly number[] {
  const numbers = new Set<number>();
  for (const match of text.matchAll(markPattern)) {
    for (const part of (match[1] ?? '').split(/[,;]/)) {
      const number = Number(part);
      if (number >= 1 && number <= passages) numbers.add(number);
    }
  }
  return [...numbers];
}

/** Removes the citation marks from a text, so that its words can be compared. */
export function withoutMarks(text: string): string {
  return text.replace(markPattern, ' ');
}

/** Joins a span that contains only citation marks to the previous sentence: "It is 27 days. [1]". */
export function joinMarks(text: string, spans: readonly Span[]): readonly Span[] {
  const joined: Span[] = [];
  for (const span of spans) {
    const previous = joined.at(-1);
    const isOnlyMarks = !/\p{L}|\p{N}/u.test(withoutMarks(text.slice(span.start, span.end)));
    if (previous !== undefined && isOnlyMarks) joined[joined.length - 1] = { start: previous.start, end: span.end };
    // A mark at the start of a sentence belongs to the previous sentence: "It is 27 days. [1] They lapse."
    else if (
      previous !== undefined &&
      /^\[\d/.test(text.slice(span.start, span.start + 2)) &&
      text.slice(previous.end, span.start).trim() === ''
    ) {
      const close = text.indexOf(']', span.start) + 1;
      if (close > 0 && close < span.end && marksIn(text.slice(previous.start, previous.end), 999).length === 0) {
        joined[joined.length - 1] = { start: previous.start, end: close };
        joined.push({ start: close, end: span.end });
      } else joined.push(span);
    } else joined.push(span);
  }
  return joined;
}
