import { bootstrapMean, wilcoxonTest } from '../statistics/index.js';
import type { LabBest } from './lab.js';

/** Questions between two checks of a race. */
export const raceStep = 25;
/** The chance that a race stops a configuration that is as good as the best one. */
const level = 0.01;

/**
 * Whether a configuration is proved worse than the best one on the questions that both answered, by Wilcoxon's signed-rank test. A race checks
 * several times: each check takes its share of the level (Bonferroni), so that a configuration that is as good is stopped in at most 1 % of all races.
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
  /** How often the race checks. */
  readonly checks: number;
}): boolean {
  const differences = differencesOf(best, challenger);
  return meanOf(differences) < 0 && wilcoxonTest(differences).p / 2 < level / Math.max(1, checks);
}

/** The best of several configurations that answered the same questions, against the first one. `tried`: how many there were, also those that were stopped. */
export function bestOf(
  scores: ReadonlyMap<number, readonly number[]>,
  { first, tried, seed }: { readonly first: number; readonly tried: number; readonly seed: number },
): LabBest | undefined {
  const base = scores.get(first);
  const [best] = [...scores].toSorted((one, other) => meanOf(other[1]) - meanOf(one[1]));
  if (base === undefined || best === undefined) return undefined;
  const [number, values] = best;
  if (number === first) return { number, difference: 0, p: 1, verdict: 'same' };
  const differences = differencesOf(base, values);
  const comparisons = Math.max(1, tried - 1);
  const interval = bootstrapMean(Float64Array.from(differences), { level: 1 - 0.05 / comparisons, seed });
  const p = Math.min(1, wilcoxonTest(differences).p * comparisons);
  const isBetter = p <= 0.05 && interval !== undefined && interval.low > 0;
  return {
    number,
    difference: meanOf(differences),
    interval,
    p,
    verdict: isBetter ? 'better' : 'undecided',
  };
}

/** Challenger minus best, over the questions that both answered. */
function differencesOf(best: readonly number[], challenger: readonly number[]): readonly number[] {
  const count = Math.min(best.length, challenger.length);
  return Array.from({ length: count }, (_, at) => {
    const difference = (challenger[at] ?? 0) - (best[at] ?? 0);
    // Sums of the same gains in another order differ in their last bits.
    return Math.abs(difference) < 1e-12 ? 0 : difference;
  });
}

const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
