/** The names of the features, in the order of their values. */
export const textFeatureNames = ['length', 'lines', 'digits', 'symbols', 'questions', 'word length'] as const;

/** Only this many characters of a text are analysed. */
const counted = 20_000;

const countOf = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/**
 * Describes the form of a text, in any language, by numbers from 0 to 1 in the order of `textFeatureNames`. A request that is long or full
 * of numbers or code is often hard even if its topic is easy.
 */
export function textFeatures(text: string): readonly number[] {
  const part = text.slice(0, counted);
  const length = Math.max(1, part.length);
  const pieces = part.split(/\s+/u).filter((piece) => piece !== '');
  const letters = pieces.reduce((sum, piece) => sum + piece.length, 0) / Math.max(1, pieces.length);
  return [
    Math.log1p(text.length) / Math.log1p(1_000_000),
    Math.log1p(countOf(part, /\n/g)) / Math.log1p(1_000),
    countOf(part, /\p{Nd}/gu) / length,
    countOf(part, /[{}()[\]<>=+*/\\|&^%$#@~`;_]/g) / length,
    countOf(part, /[?？؟]/gu) / 5,
    letters / 20,
  ].map((value) => Math.min(1, value));
}
