import type { Steps } from '../../values/steps.js';
import { withoutUndefined } from '../../values/without-undefined.js';
import type { MetricInfo } from '../evaluators/evaluator.js';
import { bootstrapMeansSteps, holm } from '../statistics/index.js';
import type { ComparisonTable, ComparisonWinner, ParetoFront, VariantComparison, VariantScore } from './comparison.js';
import { comparePair, differencesOf, type OpenComparison } from './compare-pair.js';
import { paretoFront, type ParetoPoint } from './pareto-front.js';
import {
  createScoreTable,
  meanOfColumn,
  pairsOf,
  type ComparedScores,
  type Pairs,
  type ScoreTable,
} from './score-table.js';
import { slicesOf } from './slices.js';

interface ComparisonOptions {
  /** The variant that the others are compared with. Default: the first. */
  readonly baseline?: string;
  /** The difference that the power is computed for. Default 0.05 (5 points). */
  readonly points?: number;
  /** Default 10,000. */
  readonly resamples?: number;
  /** The same seed gives the same intervals. Default 1. */
  readonly seed?: number;
}

const alpha = 0.05;

/**
 * Compares variants on the same rows. Repeats of a row are averaged first, because they are not independent. Each metric of each variant is
 * one comparison with the baseline, and Holm's correction covers all of them.
 *
 * @example runThrough(compareVariantsSteps({ rows, variants: ['now', 'draft'], metrics, scores })).winners
 */
export function* compareVariantsSteps(
  compared: ComparedScores,
  { baseline = compared.variants[0] ?? '', points = 0.05, resamples = 10_000, seed = 1 }: ComparisonOptions = {},
): Steps<ComparisonTable> {
  const { variants, metrics, rows } = compared;
  if (variants.length > 0 && !variants.includes(baseline))
    throw new RangeError(`The baseline '${baseline}' is not one of the variants ${variants.join(', ')}`);
  const table = createScoreTable(compared);
  const scores = variants.flatMap((variant) => metrics.map((metric) => scoreOf(table, variant, metric)));
  const comparisons = yield* compareAll(table, { variants, metrics, baseline, points, resamples, seed });
  const winners: ComparisonWinner[] = [];
  for (const metric of metrics)
    winners.push(...(yield* winnerBy(table, metric, { scores, comparisons, baseline, points, resamples, seed })));
  const { slices, hiddenTags } = yield* slicesOf(table, { rows, variants, metrics, baseline, seed });
  return {
    baseline,
    variants: [...variants],
    metrics: [...metrics],
    rows: rows.length,
    scores,
    comparisons,
    slices,
    hiddenTags,
    winners,
    fronts: frontsOf(metrics, scores),
  };
}

function scoreOf(table: ScoreTable, variant: string, { name }: MetricInfo): VariantScore {
  const column = table.of(variant, name);
  const { mean, rows } = meanOfColumn(column);
  return { variant, metric: name, ...withoutUndefined({ mean }), rows, missing: column.length - rows };
}

function* compareAll(
  table: ScoreTable,
  how: Required<ComparisonOptions> & Pick<ComparedScores, 'variants' | 'metrics'>,
): Steps<VariantComparison[]> {
  const { baseline, variants, points, metrics, resamples, seed } = how;
  const open: { readonly metric: MetricInfo; readonly pairs: Pairs; readonly comparison: OpenComparison }[] = [];
  for (const variant of variants)
    for (const metric of variant === baseline ? [] : metrics) {
      const pairs = pairsOf(table.of(baseline, metric.name), table.of(variant, metric.name));
      open.push({ metric, pairs, comparison: comparePair(pairs, { variant, metric, points }) });
      yield;
    }
  const pValues = open.map(({ comparison }) => comparison.p);
  const corrected = holm(pValues);
  const ranks = ranksOf(pValues);
  // The levels of Holm's steps: the comparison with the smallest p is corrected for all comparisons, the next one for one fewer.
  const columns = open.map(({ pairs }, at) => ({
    values: Float64Array.from(differencesOf(pairs)),
    levels: [1 - alpha, 1 - alpha / (open.length - (ranks[at] ?? 0))],
  }));
  const bootstrapped = yield* bootstrapMeansSteps(columns, { resamples, seed });
  return open.map(({ metric, comparison }, at) => {
    const [interval, correctedInterval] = bootstrapped[at] ?? [];
    const correctedP = corrected[at] ?? 1;
    const intervals = withoutUndefined({ interval, correctedInterval });
    return { ...comparison, ...intervals, correctedP, verdict: verdictOf(metric, comparison, intervals, correctedP) };
  });
}

function ranksOf(pValues: readonly number[]): readonly number[] {
  const ranks = pValues.map(() => 0);
  const order = [...pValues.keys()].sort((one, other) => (pValues[one] ?? 0) - (pValues[other] ?? 0));
  for (const [rank, at] of order.entries()) ranks[at] = rank;
  return ranks;
}

function verdictOf(
  { better }: MetricInfo,
  { difference = 0 }: OpenComparison,
  { correctedInterval }: Pick<VariantComparison, 'correctedInterval'>,
  correctedP: number,
): VariantComparison['verdict'] {
  if (correctedInterval === undefined || correctedP > alpha) return 'undecided';
  const { low, high } = correctedInterval;
  if (low <= 0 && high >= 0) return 'undecided';
  return difference > 0 === (better === 'higher') ? 'better' : 'worse';
}

/**
 * Finds the variant with the best mean if it is proved better than every other one: better than the baseline by the table's comparisons,
 * and better than the rest by the same test and interval, corrected for all their pairs.
 */
function* winnerBy(
  table: ScoreTable,
  metric: MetricInfo,
  {
    scores,
    comparisons,
    baseline,
    ...how
  }: Required<ComparisonOptions> & Pick<ComparisonTable, 'scores' | 'comparisons' | 'baseline'>,
): Steps<ComparisonWinner[]> {
  const { name, better } = metric;
  const proved = new Map(comparisons.flatMap((one) => (one.metric === name ? [[one.variant, one.verdict]] : [])));
  const [best, ...others] = scores
    .filter((score) => score.metric === name)
    .flatMap(({ variant, mean }) => (mean === undefined ? [] : [{ variant, mean }]))
    .toSorted((one, other) => (better === 'higher' ? other.mean - one.mean : one.mean - other.mean))
    .map(({ variant }) => variant);
  if (best === undefined || proved.size === 0) return [];
  if (best === baseline)
    return [...proved.values()].every((verdict) => verdict === 'worse') ? [{ metric: name, variant: best }] : [];
  if (proved.get(best) !== 'better') return [];
  const rivals = others.filter((variant) => variant !== baseline);
  const level = alpha / Math.max(1, (rivals.length * (rivals.length + 1)) / 2);
  for (const rival of rivals) {
    const pairs = pairsOf(table.of(rival, name), table.of(best, name));
    const { p, difference = 0 } = comparePair(pairs, { variant: best, metric, points: how.points });
    if (p > level || difference > 0 !== (better === 'higher')) return [];
    const column = { values: Float64Array.from(differencesOf(pairs)), levels: [1 - level] };
    const [[interval] = []] = yield* bootstrapMeansSteps([column], how);
    if (interval === undefined || (interval.low <= 0 && interval.high >= 0)) return [];
  }
  return [{ metric: name, variant: best }];
}

/** One front for each metric of quality with each metric of money or time. */
function frontsOf(metrics: readonly MetricInfo[], scores: readonly VariantScore[]): ParetoFront[] {
  const means = new Map(scores.map(({ variant, metric, mean }) => [`${metric}\n${variant}`, mean]));
  const variants = [...new Set(scores.map(({ variant }) => variant))];
  const qualities = metrics.filter(({ unit }) => unit === 'score' || unit === 'check');
  const prices = metrics.filter(({ unit, better }) => (unit === 'USD' || unit === 'ms') && better === 'lower');
  return qualities.flatMap((quality) =>
    prices.map((price) => {
      const points = variants.flatMap((variant): ParetoPoint[] => {
        const up = means.get(`${quality.name}\n${variant}`);
        const cost = means.get(`${price.name}\n${variant}`);
        if (up === undefined || cost === undefined) return [];
        return [{ variant, quality: quality.better === 'higher' ? up : -up, price: cost }];
      });
      return { quality: quality.name, price: price.name, variants: [...paretoFront(points)] };
    }),
  );
}
