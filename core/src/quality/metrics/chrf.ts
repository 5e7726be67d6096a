import { countItems, ngramsOf, sharedItems, sizeOfBag } from './f-measure.js';
import { splitAtSpace } from './white-space.js';

interface ChrfOptions {
  /** Longest word n-gram that counts besides characters: 0 is chrF, 2 is chrF++. */
  readonly wordOrder?: number;
}

interface OrderCounts {
  readonly found: number;
  readonly wanted: number;
  readonly matched: number;
}

const characterOrders = [1, 2, 3, 4, 5, 6];
/** Recall weighs four times as much as precision (beta is 2). */
const factor = 4;

/** chrF of one answer (Popović, 2015; chrF++: 2017), from 0 to 100, like `sacrebleu.sentence_chrf`. The best reference counts. */
export const sentenceChrf = (answer: string, references: readonly string[], options: ChrfOptions = {}): number =>
  scoreOf(countsOf(answer, references, options));

function scoreOf(counts: readonly OrderCounts[]): number {
  const used = counts.filter(({ found, wanted }) => found > 0 && wanted > 0);
  const mean = (share: (order: OrderCounts) => number): number =>
    used.reduce((sum, order) => sum + share(order), 0) / Math.max(1, used.length);
  const precision = mean(({ matched, found }) => matched / found);
  const recall = mean(({ matched, wanted }) => matched / wanted);
  return precision + recall === 0 ? 0 : (100 * (1 + factor) * precision * recall) / (factor * precision + recall);
}

function countsOf(
  answer: string,
  references: readonly string[],
  { wordOrder = 0 }: ChrfOptions,
): readonly OrderCounts[] {
  const found = bagsOf(answer, wordOrder);
  let best: readonly OrderCounts[] | undefined;
  for (const reference of references) {
    const counts = bagsOf(reference, wordOrder).map((wanted, order) => {
      const bag = found[order] ?? new Map<string, number>();
      // If the reference has no n-gram of this order, those of the answer are ignored.
      return {
        found: wanted.size === 0 ? 0 : sizeOfBag(bag),
        wanted: sizeOfBag(wanted),
        matched: sharedItems(bag, wanted),
      };
    });
    if (best === undefined || scoreOf(counts) > scoreOf(best)) best = counts;
  }
  if (best === undefined) throw new RangeError('chrF needs at least one reference');
  return best;
}

function bagsOf(text: string, wordOrder: number): readonly ReadonlyMap<string, number>[] {
  const characters = Array.from(splitAtSpace(text).join(''));
  const wordOrders = Array.from({ length: wordOrder }, (_, at) => at + 1);
  const tokens = wordOrder === 0 ? [] : splitAtSpace(text).flatMap(withoutPunctuation);
  return [
    ...characterOrders.map((order) => countItems(ngramsOf(characters, order, ''))),
    ...wordOrders.map((order) => countItems(ngramsOf(tokens, order, ' '))),
  ];
}

/** Splits off one punctuation mark at the end, or otherwise at the start, as a token. */
function withoutPunctuation(token: string): readonly string[] {
  const points = Array.from(token);
  const first = points[0] ?? '';
  const last = points.at(-1) ?? '';
  if (points.length === 1) return [token];
  if (isPunctuation(last)) return [points.slice(0, -1).join(''), last];
  return isPunctuation(first) ? [first, points.slice(1).join('')] : [token];
}

const isPunctuation = (point: string): boolean => /^[!-/:-@[-`{-~]$/.test(point);
