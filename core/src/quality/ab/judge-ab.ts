import type { MetricInfo } from '../evaluators/evaluator.js';
import { abLevel, figuresKey, metricsOf, startFigures, type AbCounts, type AbFigures } from './ab-figures.js';
import { abMetricInfo } from './ab-metrics.js';
import { differenceInterval, excludesZero, intervalOf, meanOf, rowsOf } from './ab-series.js';
import type { AbArmReply, AbMetricReply, AbReport, AbTest } from './ab-test.js';
import { judgeGuard } from './judge-guard.js';
import { verdictOf } from './verdict-text.js';

interface AbDecision {
  readonly rollBack: readonly { readonly version: number; readonly reason: string }[];
  /** The version that is proved better and whose guards hold. */
  readonly winner: number | undefined;
}

/**
 * Decides from the figures so far. All intervals are always valid, so it may be called after each run.
 *
 * - An arm with callers is rolled back if the interval of a guard lies beyond its limit, after at least `minRuns` runs.
 * - An arm wins if its difference to the control in the primary metric excludes 0 in the better direction, after at least `minRuns` callers
 *   of both, and no guard is broken. Among several such arms, the one with the best mean wins.
 */
export function decideAb(test: AbTest, counts: AbCounts): AbDecision {
  const candidates = test.arms.filter(({ version, share }) => version !== test.control && share > 0);
  const rollBack = candidates.flatMap(({ version }) => {
    const broken = guardsOf(test, counts, version).find(({ state }) => state === 'broken');
    return broken === undefined ? [] : [{ version, reason: broken.text }];
  });
  const { primary } = test;
  if (primary === undefined) return { rollBack, winner: undefined };
  const metric = abMetricInfo(primary);
  const control = figuresOf(test, counts, test.control, metric);
  const better = candidates.filter(
    ({ version }) =>
      rollBack.every((one) => one.version !== version) &&
      sideOf(test, metric, control, figuresOf(test, counts, version, metric)) === 'better',
  );
  const goodness = (version: number): number => {
    const mean = meanOf(figuresOf(test, counts, version, metric).first) ?? 0;
    return metric.better === 'higher' ? mean : -mean;
  };
  const [winner] = better.map(({ version }) => version).sort((a, b) => goodness(b) - goodness(a));
  return { rollBack, winner };
}

/** Returns a test with all its figures, for display. */
export function reportAb(test: AbTest, counts: AbCounts): AbReport {
  const metrics = metricsOf(test);
  const arms = test.arms.map((arm): AbArmReply => {
    const isControl = arm.version === test.control;
    const errors = counts.get(figuresKey(arm.version, 'errors'));
    return {
      ...arm,
      isControl,
      runs: errors === undefined ? 0 : rowsOf(errors.every),
      metrics: metrics.map((metric) => metricReply(test, counts, arm.version, metric)),
      guards: isControl ? [] : [...guardsOf(test, counts, arm.version)],
    };
  });
  const { winner } = decideAb(test, counts);
  return { test, metrics: [...metrics], level: abLevel(test), arms, verdict: verdictOf(test, arms, winner) };
}

function guardsOf(test: AbTest, counts: AbCounts, version: number) {
  const { minRuns } = test;
  return test.guards.map((guard) => {
    const metric = abMetricInfo(guard.metric);
    const control = figuresOf(test, counts, test.control, metric);
    return judgeGuard(guard, { control, arm: figuresOf(test, counts, version, metric), level: abLevel(test), minRuns });
  });
}

function figuresOf(test: AbTest, counts: AbCounts, version: number, metric: MetricInfo): AbFigures {
  return counts.get(figuresKey(version, metric.name)) ?? startFigures(test, metric);
}

function sideOf(
  test: AbTest,
  { better }: MetricInfo,
  control: AbFigures,
  arm: AbFigures,
): NonNullable<AbMetricReply['verdict']> {
  const one = meanOf(control.first);
  const other = meanOf(arm.first);
  const isEnough = Math.min(rowsOf(control.first), rowsOf(arm.first)) >= test.minRuns;
  if (one === undefined || other === undefined || !isEnough) return 'undecided';
  if (!excludesZero(control.first, arm.first, abLevel(test))) return 'undecided';
  return other > one === (better === 'higher') ? 'better' : 'worse';
}

function metricReply(test: AbTest, counts: AbCounts, version: number, metric: MetricInfo): AbMetricReply {
  const level = abLevel(test);
  const arm = figuresOf(test, counts, version, metric);
  const mean = meanOf(arm.first);
  const reply = {
    metric: metric.name,
    runs: rowsOf(arm.every),
    missing: arm.missing,
    callers: rowsOf(arm.first),
    mean,
    runMean: meanOf(arm.every),
    interval: intervalOf(arm.first, level),
  };
  if (version === test.control) return reply;
  const control = figuresOf(test, counts, test.control, metric);
  const before = meanOf(control.first);
  return {
    ...reply,
    difference: mean === undefined || before === undefined ? undefined : mean - before,
    differenceInterval: differenceInterval(control.first, arm.first, level),
    verdict: sideOf(test, metric, control, arm),
  };
}
