import { bootstrapMean, wilcoxonTest } from '../statistics/index.js';
import type { LabBest, LabComparison } from './lab.js';

/** Number of questions between two checks of a race. */
export const raceStep = 25;
/** The probability that a race stops a configuration that is as good as the best one. */
const level = 0.01;

/**
 * Whether a configuration is proved worse than the best one on the questions that both answered, by Wilcoxon's signed-rank test. A race
 * checks several times, so each check gets its share of the level (Bonferroni). A configuration that is as good as the best is stopped in
 * at most 1 % of all races.
 *
 * @example isProvedWorse({ best: [1, 1, 1], challenger: [0, 1, 1], checks: 8 }) // false
 */
export function isProvedWorse({
  best,
  challenger,
  checks,
}: {
  readonly best: readonly number[];
  readonly challenger: readonly number[];
  /** Number of checks in the whole race. */
  readonly checks: number;
}): boolean {
  const differences = differencesOf(best, challenger);
  return meanOf(differences) < 0 && wilcoxonTest(differences).p / 2 < level / Math.max(1, checks);
}

/** The comparison of two variants on the same questions. The verdict is `better` or `worse` only if both interval and test prove it. */
interface PairedScores {
  /** The mean of `second` minus the mean of `first`. */
  readonly difference: number;
  /** 95 % bootstrap interval, corrected (Bonferroni); undefined for fewer than two questions. */
  readonly interval: { readonly low: number; readonly high: number } | undefined;
  /** Two-sided p-value of Wilcoxon's signed-rank test, corrected. */
  readonly p: number;
  readonly verdict: 'better' | 'worse' | 'undecided';
}

/**
 * Compares scores on the same questions. `comparisons` is the total number of comparisons to correct for.
 *
 * @example compareScores([0, 0], [1, 1], { comparisons: 1, seed: 1 }).difference // 1
 */
export function compareScores(
  first: readonly number[],
  second: readonly number[],
  { comparisons, seed }: { readonly comparisons: number; readonly seed: number },
): PairedScores {
  const differences = differencesOf(first, second);
  const level = 1 - 0.05 / Math.max(1, comparisons);
  const interval = bootstrapMean(Float64Array.from(differences), { level, seed });
  const p = Math.min(1, wilcoxonTest(differences).p * Math.max(1, comparisons));
  const isProved = p <= 0.05 && interval !== undefined;
  const verdict =
    isProved && interval.low > 0 ? 'better' : isProved && interval.high < 0 ? 'worse' : ('undecided' as const);
  return { difference: meanOf(differences), interval, p, verdict };
}

/**
 * Compares each configuration that answered all questions with the first one. `tried`: number of configurations, including those that were
 * stopped.
 */
export function* compareWithFirst(
  scores: ReadonlyMap<number, readonly number[]>,
  { first, tried, seed }: { readonly first: number; readonly tried: number; readonly seed: number },
): Generator<LabComparison> {
  const base = scores.get(first);
  if (base === undefined) return;
  for (const [number, values] of scores)
    if (number !== first) yield { number, ...compareScores(base, values, { comparisons: tried - 1, seed }) };
}

/** Returns the best of several configurations that answered the same questions, and its comparison with the first one. */
export function bestOf(
  scores: ReadonlyMap<number, readonly number[]>,
  comparisons: readonly LabComparison[],
  { first }: { readonly first: number },
): LabBest | undefined {
  const [best] = [...scores].toSorted((one, other) => meanOf(other[1]) - meanOf(one[1]));
  if (best === undefined || !scores.has(first)) return undefined;
  const [number] = best;
  const found = comparisons.find((one) => one.number === number);
  if (found === undefined) return { number, difference: 0, p: 1, verdict: 'same' };
  // The best mean cannot be proved worse.
  return { ...found, verdict: found.verdict === 'better' ? 'better' : 'undecided' };
}

/** Challenger minus best, over the questions that both answered. */
function differencesOf(best: readonly number[], challenger: readonly number[]): readonly number[] {
  const count = Math.min(best.length, challenger.length);
  return Array.from({ length: count }, (_, at) => {
    const difference = (challenger[at] ?? 0) - (best[at] ?? 0);
    // Adding the same gains in another order changes the last bits.
    return Math.abs(difference) < 1e-12 ? 0 : difference;
  });
}

const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
