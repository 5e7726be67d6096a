import { differenceText, figureText } from '../evaluators/figure-text.js';
import type { MetricInfo } from '../evaluators/evaluator.js';
import type { Interval } from '../statistics/interval.js';
import { boundedInterval } from '../statistics/sequence-bounded.js';
import type { AbFigures } from './ab-figures.js';
import { abMetricInfo } from './ab-metrics.js';
import { differenceInterval, intervalOf, meanOf, rowsOf } from './ab-series.js';
import type { AbGuard, AbGuardReply } from './ab-test.js';

interface GuardFigures {
  readonly control: AbFigures;
  readonly arm: AbFigures;
  readonly level: number;
  readonly minRuns: number;
}

/**
 * Judges whether an arm breaks a guard: after enough runs, the interval over all runs lies beyond the limit. An upper limit of an unbounded
 * metric is judged by clipped values. Their mean is at most the true mean, so a slow arm is found before run 100.
 */
export function judgeGuard(guard: AbGuard, figures: GuardFigures): AbGuardReply {
  const metric = abMetricInfo(guard.metric);
  const { arm, minRuns } = figures;
  const interval = intervalFor(guard, figures);
  const runs = rowsOf(arm.every);
  const isUpper = metric.better === 'lower';
  const limit = guard.against === 'control' && !isUpper ? -guard.value : guard.value;
  const isBroken = [interval, clippedInterval(guard, arm)].some(
    (one) => one !== undefined && (isUpper ? one.low > limit : one.high < limit),
  );
  const isProved = interval !== undefined && (isUpper ? interval.high <= limit : interval.low >= limit);
  const state = runs < minRuns ? 'open' : isBroken ? 'broken' : isProved ? 'holds' : 'open';
  return { guard, state, text: textOf(guard, metric, { ...figures, interval, runs }) };
}

function intervalFor({ against }: AbGuard, { control, arm, level }: GuardFigures): Interval | undefined {
  return against === 'limit' ? intervalOf(arm.every, level) : differenceInterval(control.every, arm.every, level);
}

/** Clipping makes the upper end meaningless; only the lower end holds for the true mean. */
function clippedInterval({ against }: AbGuard, { clipped }: AbFigures): Interval | undefined {
  return against === 'limit' && clipped !== undefined
    ? { low: boundedInterval(clipped).low, high: Infinity }
    : undefined;
}

function textOf(
  { against, value }: AbGuard,
  { title, unit, better }: MetricInfo,
  {
    arm,
    control,
    minRuns,
    interval,
    runs,
  }: GuardFigures & { readonly interval: Interval | undefined; readonly runs: number },
): string {
  if (runs === 0) return `${title}: no run yet.`;
  const mean = meanOf(arm.every);
  const before = meanOf(control.every);
  const isLimit = against === 'limit';
  const figure = isLimit
    ? figureText(mean, unit)
    : mean === undefined || before === undefined
      ? 'no difference yet'
      : differenceText(mean - before, unit);
  const textOfEnd = isLimit ? figureText : differenceText;
  const within =
    interval === undefined ? '' : ` (${textOfEnd(interval.low, unit)} to ${textOfEnd(interval.high, unit)})`;
  const allowed = isLimit
    ? `${better === 'lower' ? 'at most' : 'at least'} ${figureText(value, unit)}`
    : `at most ${differenceText(value, unit).replace('+', '')} worse than the control`;
  const early = runs < minRuns ? `, judged from ${minRuns} runs on` : '';
  return `${title}: ${figure}${within} in ${runs} ${runs === 1 ? 'run' : 'runs'}; allowed: ${allowed}${early}.`;
}
