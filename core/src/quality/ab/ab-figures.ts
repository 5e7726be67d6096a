import type { MetricInfo } from '../evaluators/evaluator.js';
import { extendBoundedSequence, startBoundedSequence, type BoundedSequence } from '../statistics/sequence-bounded.js';
import { abMetricInfo, abMetrics } from './ab-metrics.js';
import { extendSeries, isValueOf, startSeries, type AbSeries } from './ab-series.js';
import type { AbRules, AbTest } from './ab-test.js';

/**
 * What was counted of a metric of an arm.
 *
 * - Guards read `every`: each run counts, so that a caller with many bad runs can stop an arm. That is the safe side.
 * - Verdicts read `first`: runs of one caller resemble each other, so that each caller counts once, by the first of their runs with a value.
 */
export interface AbFigures {
  /** Ended runs without a value. */
  readonly missing: number;
  readonly every: AbSeries;
  readonly first: AbSeries;
  /** Values of each run, cut off at four times the limit of a guard: a bounded mean that is never above the true one. */
  readonly clipped?: BoundedSequence | undefined;
}

/** What was counted of a test, by version and metric. */
export type AbCounts = ReadonlyMap<string, AbFigures>;

/** The key of figures in `AbCounts`. */
export const figuresKey = (version: number, metric: string): string => `${version} ${metric}`;

/** The accepted chance of a false finding, for all arms of a test together. */
const alpha = 0.05;
/** Times the limit where a value of an unbounded metric is cut off. */
const clippedAt = 4;

/** The level of each comparison with the control: the error is shared by the arms beside the control (Bonferroni). */
export const abLevel = ({ arms }: Pick<AbTest, 'arms'>): number => 1 - alpha / Math.max(1, arms.length - 1);

/** All metrics of a test, each once: the primary metric first, then the standard metrics, then those of its guards. */
export function metricsOf({ primary, guards }: Pick<AbRules, 'primary' | 'guards'>): readonly MetricInfo[] {
  const first = primary === undefined ? [] : [abMetricInfo(primary)];
  const all = [...first, ...abMetrics, ...guards.map(({ metric }) => abMetricInfo(metric))];
  return all.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index);
}

/** Figures without a run. */
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

/** The limit of a guard that needs cut-off values: an upper limit of a metric without bounds. */
function limitOf({ guards }: Pick<AbRules, 'guards'>, { name, unit, better }: MetricInfo): number | undefined {
  if (unit === 'check' || unit === 'score' || better === 'higher') return undefined;
  const guard = guards.find(({ metric, against }) => metric.name === name && against === 'limit');
  return guard === undefined || guard.value === 0 ? undefined : guard.value;
}

/** Figures with one run more. `isFirst`: its caller has no value of this metric yet. */
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
