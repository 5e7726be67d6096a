/** A piece of text that says something about somebody, or opens something. Offsets count UTF-16 units. */
export interface Finding {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
}

/** Finds one kind of thing. In linear time, whatever the text is: it may come from an enemy. */
export interface Detector {
  readonly kind: string;
  find(text: string): readonly Finding[];
}

/** Kinds that are found by form and checksum, without a model; where two find the same, the earlier one counts. */
export const patternKinds = ['EMAIL', 'IBAN', 'CARD', 'ID', 'PHONE', 'IP', 'KEY'] as const;
export type PatternKind = (typeof patternKinds)[number];

const isWord = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95 || code > 191;

/** Whether a place is the border of a word: nothing of a longer word or number stands right before or after it. */
export function isBorder(text: string, at: number): boolean {
  const before = at > 0 && isWord(text.charCodeAt(at - 1));
  const after = at < text.length && isWord(text.charCodeAt(at));
  return !(before && after);
}

/** Whether one of these words stands in the 40 characters before a place; words in lower case. */
export function hasWordBefore(text: string, at: number, words: readonly string[]): boolean {
  const before = text.slice(Math.max(0, at - 40), at).toLowerCase();
  return words.some((word) => before.includes(word));
}
