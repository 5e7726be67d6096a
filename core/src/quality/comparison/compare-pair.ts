import { withoutUndefined } from '../../values/without-undefined.js';
import type { MetricInfo } from '../evaluators/evaluator.js';
import { mcnemarTest, rowsForMcNemar, rowsForPairedDifference, signTest, wilcoxonTest } from '../statistics/index.js';
import type { ComparisonPower, VariantComparison } from './comparison.js';
import type { Pairs } from './score-table.js';

/** A comparison before the corrections, which need all comparisons of the table. */
export type OpenComparison = Omit<VariantComparison, 'correctedP' | 'verdict' | 'interval' | 'correctedInterval'>;

/** Scores that differ by less are equal, because means of repeats can differ in their last bits. */
const nothing = 1e-12;

/** Tests one variant against the baseline by one metric, on the rows that both have. */
export function comparePair(
  { first, second, leftOut }: Pairs,
  { variant, metric, points }: { readonly variant: string; readonly metric: MetricInfo; readonly points: number },
): OpenComparison {
  const differences = differencesOf({ first, second });
  const sign = signTest(differences);
  const [better, worse] = metric.better === 'higher' ? [sign.second, sign.first] : [sign.first, sign.second];
  const isBinary = metric.unit === 'check' && [first, second].every((side) => side.every((v) => v === 0 || v === 1));
  const test = isBinary ? 'mcnemar' : metric.unit === 'check' ? 'sign' : 'wilcoxon';
  const p = {
    mcnemar: () => mcnemarTest({ onlyFirst: sign.first, onlySecond: sign.second }).p,
    sign: () => sign.p,
    wilcoxon: () => wilcoxonTest(differences).p,
  }[test]();
  return {
    variant,
    metric: metric.name,
    rows: differences.length,
    leftOut,
    test,
    p,
    better,
    worse,
    ...withoutUndefined({ difference: differences.length === 0 ? undefined : meanOf(differences) }),
    power: powerOf({ first, differences }, { metric, points, isBinary }),
  };
}

/** Returns second minus first; a difference due to rounding becomes 0. */
export function differencesOf({ first, second }: Pick<Pairs, 'first' | 'second'>): readonly number[] {
  return second.map((score, at) => {
    const other = first[at] ?? Number.NaN;
    const difference = score - other;
    return Math.abs(difference) <= nothing * Math.max(1, Math.abs(score), Math.abs(other)) ? 0 : difference;
  });
}

/** On a scale from 0 to 1, `points` is a difference; for money, time and tokens it is a share of the baseline. */
function powerOf(
  { first, differences }: { readonly first: readonly number[]; readonly differences: readonly number[] },
  { metric, points, isBinary }: { readonly metric: MetricInfo; readonly points: number; readonly isBinary: boolean },
): ComparisonPower {
  const isScale = metric.unit === 'score' || metric.unit === 'check';
  const difference = (isScale ? points : points * Math.abs(meanOf(first))) || 0;
  const rows = differences.length;
  const deviation = deviationOf(differences);
  if (!(deviation > 0) || difference === 0) return { difference };
  const differing = differences.filter((value) => value !== 0).length / rows;
  const rowsNeeded = isBinary
    ? rowsForMcNemar(splitOf(Math.max(differing, difference), difference))
    : rowsForPairedDifference({ difference, deviation });
  // The normal approximation: 1.96 for two sides of 5 %, 0.84 for a power of 80 %.
  const visible = ((1.959964 + 0.841621) * deviation) / Math.sqrt(rows);
  return { difference, ...withoutUndefined({ rowsNeeded }), visible };
}

const splitOf = (
  differing: number,
  difference: number,
): { readonly onlyFirst: number; readonly onlySecond: number } => ({
  onlyFirst: (differing - difference) / 2,
  onlySecond: (differing + difference) / 2,
});

const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;

function deviationOf(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
