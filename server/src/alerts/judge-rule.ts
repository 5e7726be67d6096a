import {
  countAbove,
  countOf,
  type AlertCondition,
  type AlertCheck,
  type AlertMetric,
  type BurnMetric,
  type DashboardFigures,
} from '@heddle/core';
import type { FigureSum } from '../dashboard/figure-sum.js';

type Threshold = Extract<AlertCondition, { kind: 'threshold' }>;
/** Returns what monitors and A/B tests measured in the last `minutes`: the value, and the number of runs behind it. */
export type QualityReader = (
  metric: QualityMetric,
  score: string,
  minutes: number,
) => Promise<{ readonly value: number | undefined; readonly events: number }>;
export type QualityMetric = Extract<AlertMetric, 'score' | 'failed-score-share' | 'drifts' | AbAlertMetric>;
export type AbAlertMetric = 'ab-rollbacks' | 'ab-promotions';

type BurnRate = Extract<AlertCondition, { kind: 'burn-rate' }>;

type WindowReader = (minutes: number) => Promise<FigureSum>;

const allowanceMinutes = 30 * 24 * 60;

/** Checks figures against the condition of a rule. */
export function judgeRule(
  condition: AlertCondition,
  currency: string,
  read: WindowReader,
  readQuality: QualityReader,
): Promise<AlertCheck> {
  return condition.kind === 'threshold'
    ? judgeThreshold(condition, currency, read, readQuality)
    : judgeBurn(condition, currency, read);
}

async function judgeThreshold(
  { metric, score = '', is, value: limit, windowMinutes, atLeast }: Threshold,
  currency: string,
  read: WindowReader,
  readQuality: QualityReader,
): Promise<AlertCheck> {
  const { value, events } = isQuality(metric)
    ? await readQuality(metric, score, windowMinutes)
    : measured(metric, (await read(windowMinutes)).figures(), currency);
  if (value === undefined) return { isOver: undefined, value };
  // A count is judged even at zero, because no runs at all can be the problem.
  if (events < atLeast && !isCount(metric)) return { isOver: undefined, value };
  return { isOver: is === 'above' ? value > limit : value < limit, value };
}

/** Fires if both windows of a pair are above its factor. The value is the highest rate of the long windows. */
async function judgeBurn(
  { metric, allowed, slowMs = 0, windows, atLeast }: BurnRate,
  currency: string,
  read: WindowReader,
): Promise<AlertCheck> {
  const rate = async (minutes: number): Promise<number | undefined> => {
    const { part, events } = burnt(metric, await read(minutes), slowMs, currency);
    if (metric === 'tokens' || metric === 'cost') return part / (allowed * (minutes / allowanceMinutes));
    return events < atLeast || events === 0 ? undefined : part / events / allowed;
  };
  let highest: number | undefined;
  let isOver = false;
  for (const { longMinutes, shortMinutes, factor } of windows) {
    const long = await rate(longMinutes);
    if (long === undefined) continue;
    // A tiny allowance gives an infinite rate, which no store can hold.
    highest = Math.min(Math.max(highest ?? 0, long), Number.MAX_VALUE);
    if (long >= factor && !isOver) isOver = ((await rate(shortMinutes)) ?? 0) >= factor;
  }
  return highest === undefined ? { isOver: undefined, value: undefined } : { isOver, value: highest };
}

/** Whether A/B tests count this metric. */
export const isOfTests = (metric: string): metric is AbAlertMetric =>
  metric === 'ab-rollbacks' || metric === 'ab-promotions';

/** Whether monitors or A/B tests measure this metric. */
export const isQuality = (metric: string): metric is QualityMetric =>
  metric === 'score' || metric === 'failed-score-share' || metric === 'drifts' || isOfTests(metric);

const isCount = (metric: AlertMetric): boolean =>
  [
    'runs',
    'failed-runs',
    'calls',
    'tokens',
    'cost',
    'saved',
    'ratings',
    'drifts',
    'ab-rollbacks',
    'ab-promotions',
  ].includes(metric);

function measured(
  metric: Exclude<AlertMetric, QualityMetric>,
  figures: DashboardFigures,
  currency: string,
): { readonly value: number | undefined; readonly events: number } {
  const { runs, failed, calls, failedCalls, ratings, goodRatings } = figures;
  const share = (part: number, all: number) => ({ value: all === 0 ? undefined : part / all, events: all });
  switch (metric) {
    case 'runs':
      return { value: runs, events: runs };
    case 'failed-runs':
      return { value: failed, events: runs };
    case 'failed-share':
      return share(failed, runs);
    case 'duration-p50':
      return { value: figures.p50 ?? undefined, events: runs };
    case 'duration-p95':
      return { value: figures.p95 ?? undefined, events: runs };
    case 'duration-p99':
      return { value: figures.p99 ?? undefined, events: runs };
    case 'calls':
      return { value: calls, events: calls };
    case 'failed-call-share':
      return share(failedCalls, calls);
    case 'first-token-p50':
      return { value: figures.firstTokenP50 ?? undefined, events: calls };
    case 'first-token-p95':
      return { value: figures.firstTokenP95 ?? undefined, events: calls };
    case 'tokens':
      return { value: figures.inputTokens + figures.outputTokens, events: calls };
    case 'cost':
      return { value: figures.cost[currency] ?? 0, events: calls };
    case 'saved':
      return { value: (figures.savedByCache[currency] ?? 0) + (figures.savedByRouting[currency] ?? 0), events: runs };
    case 'ratings':
      return { value: ratings, events: ratings };
    case 'bad-rating-share':
      return share(ratings - goodRatings, ratings);
  }
}

function burnt(
  metric: BurnMetric,
  sum: FigureSum,
  slowMs: number,
  currency: string,
): { readonly part: number; readonly events: number } {
  const figures = sum.figures();
  switch (metric) {
    case 'failed-share':
      return { part: figures.failed, events: figures.runs };
    case 'slow-share':
      return { part: countAbove(sum.durations, slowMs), events: countOf(sum.durations) };
    case 'failed-call-share':
      return { part: figures.failedCalls, events: figures.calls };
    case 'slow-first-token-share':
      return { part: countAbove(sum.firstTokens, slowMs), events: countOf(sum.firstTokens) };
    case 'bad-rating-share':
      return { part: figures.ratings - figures.goodRatings, events: figures.ratings };
    case 'tokens':
      return { part: figures.inputTokens + figures.outputTokens, events: figures.calls };
    case 'cost':
      return { part: figures.cost[currency] ?? 0, events: figures.calls };
  }
}
