/** A part of a text with sensitive data. Offsets count UTF-16 units. */
export interface Finding {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
}

/** Finds one kind of sensitive data. It must be linear in time for any text, because the text may be hostile. */
export interface Detector {
  readonly kind: string;
  /** Whether it reads the original text; other detectors read its plain form. */
  readonly readsWritten?: boolean;
  find(text: string): readonly Finding[];
}

/** Kinds that are found by pattern and checksum, without a model. If two findings have the same location, the earlier kind counts. */
export const patternKinds = ['EMAIL', 'IBAN', 'CARD', 'ID', 'PHONE', 'IP', 'KEY', 'URL'] as const;
export type PatternKind = (typeof patternKinds)[number];

/** The captions of these kinds. */
export const patternLabels: Readonly<Record<PatternKind, string>> = {
  EMAIL: 'Email addresses',
  IBAN: 'Bank accounts (IBAN)',
  CARD: 'Payment cards',
  ID: "National ids, driver's licences",
  PHONE: 'Telephone numbers',
  IP: 'IP addresses',
  KEY: 'Keys, tokens and passwords',
  URL: 'Web addresses',
};

/** Kinds that a model for names finds. */
export const nameKinds = ['PERSON', 'PLACE', 'ORGANISATION'] as const;

const isWord = (code: number): boolean =>
  (code >= 48 && code <= 57) ||
  (code >= 65 && code <= 90) ||
  (code >= 97 && code <= 122) ||
  code === 95 ||
  (code > 191 && !isUnspaced(code));

/** Punctuation, symbols, and scripts without spaces between words. A number beside such a character stands by itself. */
const isUnspaced = (code: number): boolean =>
  code === 0xd7 ||
  code === 0xf7 ||
  (code >= 0x0e00 && code <= 0x0fff) ||
  (code >= 0x1780 && code <= 0x17ff) ||
  (code >= 0x2000 && code <= 0x2bff) ||
  (code >= 0x2e80 && code <= 0xd7ff) ||
  (code >= 0xd83c && code <= 0xd83e) ||
  (code >= 0xf900 && code <= 0xffef);

/** Whether an index is a word border: a letter or digit is on one side of it at most. */
export function isBorder(text: string, at: number): boolean {
  const before = at > 0 && isWord(text.charCodeAt(at - 1));
  const after = at < text.length && isWord(text.charCodeAt(at));
  return !(before && after);
}

/** Whether one of these words is in the 40 characters before an index; `words` are in lower case. */
export function hasWordBefore(text: string, at: number, words: readonly string[]): boolean {
  const before = text.slice(Math.max(0, at - 40), at).toLowerCase();
  return words.some((word) => before.includes(word));
}
