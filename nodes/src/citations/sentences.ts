/** A part of a text: start inclusive, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The most characters of a sentence; a longer one is split at a space. */
const longest = 400;
const isSpace = (character: string | undefined): boolean => character !== undefined && /\s/.test(character);

/** Splits a text into trimmed sentences and lines, in order. An abbreviation such as "e.g." may end a sentence early. */
export function sentencesOf(text: string): readonly Span[] {
  const spans: Span[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    const isEnd =
      character === '\n' ||
      '。！？'.includes(character) ||
      ('.!?'.includes(character) && isSpace(text[at + 1])) ||
      (at - start >= longest && isSpace(character));
    if (!isEnd) continue;
    addTrimmed(spans, text, start, at + 1);
    start = at + 1;
  }
  addTrimmed(spans, text, start, text.length);
  return spans;
}

function addTrimmed(spans: Span[], text: string, from: number, to: number): void {
  let start = from;
  let end = to;
  while (start < end && isSpace(text[start])) start += 1;
  while (end > start && isSpace(text[end - 1])) end -= 1;
  if (end > start && /[\p{L}\p{N}]/u.test(text.slice(start, end))) spans.push({ start, end });
}
