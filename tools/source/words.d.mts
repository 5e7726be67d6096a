export interface RetiredWord {
  readonly word: string;
  readonly isLabel: boolean;
  readonly say: string;
  readonly patterns: readonly RegExp[];
  readonly globs: readonly string[];
}
export interface WrittenText {
  readonly path: string;
  readonly text: string;
}
export function readRetiredWords(
  glossary: string,
  allowed?: Readonly<Record<string, readonly string[]>>,
): RetiredWord[];
export function findRetiredWords(
  file: WrittenText,
  retired: readonly RetiredWord[],
): { word: string; say: string; line: number }[];
