import { withoutUndefined } from '../../values/without-undefined.js';
import type { VariantComparison } from '../comparison/comparison.js';
import type { MetricInfo } from '../evaluators/evaluator.js';
import type { GateCondition, GateFigure } from './gate.js';

/** The measurements of the draft in an experiment. */
export interface MeasuredDraft {
  readonly metrics: readonly MetricInfo[];
  readonly rows: number;
  readonly repeats: number;
  /** Returns the values of a metric, one list for each row. The list has no entry for a repeat without a value. */
  readonly valuesOf: (metric: string) => readonly (readonly number[])[];
  /** Returns the comparison of the draft with the live version; undefined if there is no live version. */
  readonly comparisonOf: (metric: string) => VariantComparison | undefined;
  readonly hasBaseline: boolean;
}

/**
 * Judges the conditions of a rule. A row with a repeat that has no value fails the condition, because a missing value must not pass.
 *
 * @example judgeDatasetRule([{ metric: 'exact', of: 'mean', wanted: 0.8, passes: 0.5 }], measured).every(({ isPassed }) => isPassed)
 */
export const judgeDatasetRule = (
  conditions: readonly GateCondition[],
  measured: MeasuredDraft,
): readonly GateFigure[] => conditions.map((condition) => judge(condition, measured));

function judge(condition: GateCondition, measured: MeasuredDraft): GateFigure {
  const metric = measured.metrics.find(({ name }) => name === condition.metric);
  if (metric === undefined)
    return {
      title: condition.metric,
      wanted: condition.wanted,
      side: 'at-least',
      unit: 'score',
      isPassed: false,
      note: `No evaluator gives the metric '${condition.metric}': change the rule.`,
    };
  return condition.of === 'not-worse'
    ? judgeDifference(condition, metric, measured)
    : judgeValues(condition, metric, measured);
}

const names: Readonly<Record<GateCondition['of'], string>> = {
  mean: 'mean',
  p95: '95th percentile',
  'pass-rate': 'rows that pass',
  'every-row': 'worst row',
  'not-worse': 'against the live version',
};

function judgeValues(
  { of, wanted, passes }: GateCondition,
  metric: MetricInfo,
  { valuesOf, rows, repeats }: MeasuredDraft,
): GateFigure {
  const values = valuesOf(metric.name).map((found) => found.filter((value) => Number.isFinite(value)));
  const whole = values.filter((found) => found.length === repeats);
  const isHigher = metric.better === 'higher';
  const isAtLeast = of === 'pass-rate' || isHigher;
  const means = whole.map(meanOf);
  const value = {
    mean: () => meanOf(means),
    p95: () => quantileOf(means, isHigher ? 0.05 : 0.95),
    'pass-rate': () => meanOf(means.map((mean) => ((isHigher ? mean >= passes : mean <= passes) ? 1 : 0))),
    'every-row': () => worstOf(whole.flat(), isHigher),
  }[of as Exclude<GateCondition['of'], 'not-worse'>]();
  const missing = rows - whole.length;
  const isReached = isAtLeast ? value >= wanted : value <= wanted;
  return {
    title: `${metric.title}, ${names[of]}`,
    wanted,
    side: isAtLeast ? 'at-least' : 'at-most',
    unit: of === 'pass-rate' ? 'share' : metric.unit,
    // A comparison with NaN is false, so a missing value never passes.
    isPassed: isReached && missing === 0 && rows > 0,
    ...withoutUndefined({
      value: Number.isFinite(value) ? value : undefined,
      note: missing > 0 ? `${missing} of ${rows} rows have no value: open the experiment to see why.` : undefined,
    }),
  };
}

/** Passes if the interval of the difference excludes everything that is worse by more than the margin. */
function judgeDifference(
  { wanted, of }: GateCondition,
  metric: MetricInfo,
  { comparisonOf, hasBaseline }: MeasuredDraft,
): GateFigure {
  const isHigher = metric.better === 'higher';
  const figure = {
    title: `${metric.title}, ${names[of]}`,
    wanted: isHigher ? -wanted : wanted,
    side: isHigher ? ('at-least' as const) : ('at-most' as const),
    unit: metric.unit,
  };
  if (!hasBaseline) return { ...figure, isPassed: true, note: 'There is no version yet to compare with.' };
  const { interval, leftOut = 0, rows = 0, power } = comparisonOf(metric.name) ?? {};
  if (interval === undefined || rows === 0)
    return { ...figure, isPassed: false, note: 'No row has a value for both versions.' };
  const value = isHigher ? interval.low : interval.high;
  const isReached = isHigher ? value >= figure.wanted : value <= figure.wanted;
  // More rows can only help if the interval still includes values that pass.
  const isOpen = isHigher ? interval.high >= figure.wanted : interval.low <= figure.wanted;
  const needed = power?.rowsNeeded;
  const notes = [
    ...(leftOut > 0 ? [`${leftOut} rows have a value for only one version.`] : []),
    ...(!isReached && isOpen && needed !== undefined && needed > rows
      ? [`About ${needed} rows show a difference of ${Number(power?.difference.toPrecision(2))}; there are ${rows}.`]
      : []),
  ];
  return {
    ...figure,
    value,
    isPassed: isReached && leftOut === 0,
    ...withoutUndefined({ note: notes.length === 0 ? undefined : notes.join(' ') }),
  };
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Returns the nearest-rank quantile, so that the figure is the value of an actual row. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

const worstOf = (values: readonly number[], isHigher: boolean): number =>
  values.reduce(
    (worst, value) => (isHigher ? Math.min(worst, value) : Math.max(worst, value)),
    values[0] ?? Number.NaN,
  );
