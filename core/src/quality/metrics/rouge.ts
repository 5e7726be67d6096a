import { countItems, fMeasure, ngramsOf, sharedItems, sizeOfBag, type FMeasure } from './f-measure.js';
import { stemWord } from './porter-stemmer.js';
import { checkComparisons } from './score.js';

/** ROUGE of one answer: shared words, shared pairs of adjacent words, and the longest common subsequence. */
export interface Rouge {
  readonly rouge1: FMeasure;
  readonly rouge2: FMeasure;
  readonly rougeL: FMeasure;
}

/**
 * Computes ROUGE-1, ROUGE-2 and ROUGE-L (Lin, 2004), like the Python package `rouge-score`: words of a-z and digits in lower case; with
 * `stem`, words are stemmed.
 *
 * @example rouge('the cat sat', 'the cat sat down').rouge1.recall // 0.75
 */
export function rouge(answer: string, expected: string, { stem = false } = {}): Rouge {
  const found = termsOf(answer, stem);
  const wanted = termsOf(expected, stem);
  return {
    rouge1: compareNgrams(found, wanted, 1),
    rouge2: compareNgrams(found, wanted, 2),
    rougeL: fMeasure(commonLength(found, wanted), found.length, wanted.length),
  };
}

function termsOf(text: string, stem: boolean): readonly string[] {
  const terms = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return stem ? terms.map((word) => (word.length > 3 ? stemWord(word) : word)) : terms;
}

function compareNgrams(found: readonly string[], wanted: readonly string[], length: number): FMeasure {
  const foundBag = countItems(ngramsOf(found, length, ' '));
  const wantedBag = countItems(ngramsOf(wanted, length, ' '));
  return fMeasure(sharedItems(foundBag, wantedBag), sizeOfBag(foundBag), sizeOfBag(wantedBag));
}

function commonLength(first: readonly string[], second: readonly string[]): number {
  checkComparisons(first.length, second.length);
  let row = new Uint32Array(second.length + 1);
  let next = new Uint32Array(row.length);
  for (const word of first) {
    for (let at = 0; at < second.length; at += 1)
      next[at + 1] = second[at] === word ? (row[at] ?? 0) + 1 : Math.max(row[at + 1] ?? 0, next[at] ?? 0);
    [row, next] = [next, row];
  }
  return row[second.length] ?? 0;
}
