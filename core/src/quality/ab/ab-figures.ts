import type { MetricInfo } from '../evaluators/evaluator.js';
import { extendBoundedSequence, startBoundedSequence, type BoundedSequence } from '../statistics/sequence-bounded.js';
import { abMetricInfo, abMetrics } from './ab-metrics.js';
import { extendSeries, isValueOf, startSeries, type AbSeries } from './ab-series.js';
import type { AbRules, AbTest } from './ab-test.js';

/**
 * The counts of one metric of an arm.
 *
 * - Guards read `every`: each run counts, so that a single caller with many bad runs can stop an arm. That is the safe side.
 * - Verdicts read `first`: runs of one caller resemble each other, so each caller counts once, by the first of its runs with a value.
 */
export interface AbFigures {
  /** Finished runs without a value. */
  readonly missing: number;
  readonly every: AbSeries;
  readonly first: AbSeries;
  /** The values of all runs, clipped at four times the limit of a guard. Their mean has known bounds and never exceeds the true mean. */
  readonly clipped?: BoundedSequence | undefined;
}

/** The figures of a test, by version and metric (see `figuresKey`). */
export type AbCounts = ReadonlyMap<string, AbFigures>;

/** Returns the key of a version and metric in `AbCounts`. */
export const figuresKey = (version: number, metric: string): string => `${version} ${metric}`;

/** The accepted probability of a false finding, over all arms of a test together. */
const alpha = 0.05;
/** Values of an unbounded metric are clipped at this multiple of the limit. */
const clippedAt = 4;

/** Returns the confidence level of each comparison with the control. The accepted error is divided among the other arms (Bonferroni). */
export const abLevel = ({ arms }: Pick<AbTest, 'arms'>): number => 1 - alpha / Math.max(1, arms.length - 1);

/** Returns the metrics of a test without repeats: the primary metric, then the standard metrics, then those of its guards. */
export function metricsOf({ primary, guards }: Pick<AbRules, 'primary' | 'guards'>): readonly MetricInfo[] {
  const first = primary === undefined ? [] : [abMetricInfo(primary)];
  const all = [...first, ...abMetrics, ...guards.map(({ metric }) => abMetricInfo(metric))];
  return all.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index);
}

/** Returns the figures of an arm before its first run. */
export function startFigures(test: AbTest, metric: MetricInfo): AbFigures {
  const level = abLevel(test);
  const limit = limitOf(test, metric);
  return {
    missing: 0,
    every: startSeries(metric.unit, level),
    first: startSeries(metric.unit, level),
    clipped: limit === undefined ? undefined : startBoundedSequence({ level, lowest: 0, highest: clippedAt * limit }),
  };
}

/** The guard limit at which values are clipped: the upper limit of a metric without bounds. */
function limitOf({ guards }: Pick<AbRules, 'guards'>, { name, unit, better }: MetricInfo): number | undefined {
  if (unit === 'check' || unit === 'score' || better === 'higher') return undefined;
  const guard = guards.find(({ metric, against }) => metric.name === name && against === 'limit');
  return guard === undefined || guard.value === 0 ? undefined : guard.value;
}

/** Returns figures that include one more run. `isFirst`: its caller has no value of this metric yet. */
export function extendFigures(
  figures: AbFigures,
  unit: MetricInfo['unit'],
  value: number | undefined,
  isFirst: boolean,
): AbFigures {
  if (!isValueOf(unit, value)) return { ...figures, missing: figures.missing + 1 };
  const { clipped } = figures;
  return {
    missing: figures.missing,
    every: extendSeries(figures.every, value),
    first: isFirst ? extendSeries(figures.first, value) : figures.first,
    clipped: clipped === undefined ? undefined : extendBoundedSequence(clipped, [Math.min(value, clipped.highest)]),
  };
}
