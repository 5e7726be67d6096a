import { countItems, ngramsOf } from './f-measure.js';
import { splitAtSpace, withoutSpaceAtEnd } from './white-space.js';

const orders = [1, 2, 3, 4];

interface Counts {
  readonly length: number;
  readonly referenceLength: number;
  readonly matches: readonly number[];
  readonly totals: readonly number[];
}

/**
 * BLEU of one answer (Papineni and others, 2002), from 0 to 100, like `sacrebleu.sentence_bleu`: tokenizer 13a, exponential smoothing, and
 * only as many n-gram orders as the answer has.
 */
export const sentenceBleu = (answer: string, references: readonly string[]): number =>
  bleuOf(countsOf(answer, references));

function bleuOf({ length, referenceLength, matches, totals }: Counts): number {
  if (matches.every((count) => count === 0)) return 0;
  const brevity = length < referenceLength ? Math.exp(1 - referenceLength / length) : 1;
  let smoothing = 1;
  let logSum = 0;
  let used = 0;
  for (const [at, total] of totals.entries()) {
    if (total === 0) break;
    const matched = matches[at] ?? 0;
    if (matched === 0) smoothing *= 2;
    logSum += Math.log(100 * (matched === 0 ? 1 / (smoothing * total) : matched / total));
    used += 1;
  }
  return brevity * Math.exp(logSum / used);
}

function countsOf(answer: string, references: readonly string[]): Counts {
  if (references.length === 0) throw new RangeError('BLEU needs at least one reference');
  const tokens = tokenize(answer);
  const wanted = references.map(tokenize);
  const matches = orders.map((order) => {
    const bags = wanted.map((reference) => countItems(ngramsOf(reference, order, ' ')));
    let matched = 0;
    for (const [ngram, count] of countItems(ngramsOf(tokens, order, ' ')))
      matched += Math.min(count, Math.max(...bags.map((bag) => bag.get(ngram) ?? 0)));
    return matched;
  });
  const totals = orders.map((order) => Math.max(0, tokens.length - order + 1));
  return { length: tokens.length, referenceLength: closest(tokens.length, wanted), matches, totals };
}

/** The reference length closest to that of the answer; of two equally close, the shorter. */
function closest(length: number, references: readonly (readonly string[])[]): number {
  const lengths = references.map((reference) => reference.length).sort((a, b) => a - b);
  const distance = Math.min(...lengths.map((other) => Math.abs(other - length)));
  return lengths.find((other) => Math.abs(other - length) === distance) ?? 0;
}

/** The tokenizer mteval-v13a, which machine translation conferences use. */
function tokenize(text: string): readonly string[] {
  const plain = withoutSpaceAtEnd(text)
    .replaceAll('<skipped>', '')
    .replaceAll('-\n', '')
    .replaceAll('\n', ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>');
  const marked = ` ${plain} `
    .replace(/([{-~[-` -&(-+:-@/])/gu, ' $1 ')
    .replace(/([^0-9])([.,])/gu, '$1 $2 ')
    .replace(/([.,])([^0-9])/gu, ' $1 $2')
    .replace(/([0-9])(-)/gu, '$1 $2 ');
  return splitAtSpace(marked);
}
