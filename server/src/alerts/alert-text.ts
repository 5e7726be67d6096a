import type { AlertCondition, AlertMetric, BurnMetric } from '@heddle/core';

const names: Readonly<Record<AlertMetric | BurnMetric, string>> = {
  runs: 'runs',
  'failed-runs': 'failed runs',
  'failed-share': 'share of failed runs',
  'duration-p50': 'duration of a run (p50)',
  'duration-p95': 'duration of a run (p95)',
  'duration-p99': 'duration of a run (p99)',
  calls: 'model calls',
  'failed-call-share': 'share of failed model calls',
  'first-token-p50': 'time to first token (p50)',
  'first-token-p95': 'time to first token (p95)',
  tokens: 'tokens',
  cost: 'cost',
  saved: 'money saved',
  ratings: 'ratings',
  'bad-rating-share': 'share of bad ratings',
  score: 'mean score',
  'failed-score-share': 'share of runs below the mark',
  drifts: 'kinds of drift',
  'ab-rollbacks': 'versions rolled back by a test',
  'ab-promotions': 'winners promoted by a test',
  'slow-share': 'share of slow runs',
  'slow-first-token-share': 'share of calls with a slow first token',
};

/** Writes the condition of a rule as text, with the measured value. It contains no text of users or runs. */
export function alertText(condition: AlertCondition, value: number | undefined, currency: string): string {
  const { kind, metric } = condition;
  if (kind === 'threshold') {
    const { is, value: limit, windowMinutes } = condition;
    const seen = value === undefined ? 'nothing measured' : figureText(metric, value, currency);
    const about = condition.score === undefined ? '' : ` (${condition.score})`;
    return `${names[metric]}${about}: ${seen} in ${spanText(windowMinutes)}, ${is} ${figureText(metric, limit, currency)}`;
  }
  const seen = value === undefined ? 'nothing measured' : `${round(value)} times the allowed rate`;
  const { slowMs, allowed } = condition;
  const slow = slowMs === undefined ? '' : ` (slow: over ${figureText('duration-p95', slowMs, currency)})`;
  const inMonth = metric === 'tokens' || metric === 'cost' ? ' in 30 days' : '';
  return `${names[metric]}: ${seen}; ${figureText(metric, allowed, currency)}${inMonth} allowed${slow}`;
}

function figureText(metric: AlertMetric | BurnMetric, value: number, currency: string): string {
  if (metric.endsWith('share')) return `${round(100 * value)} %`;
  if (metric.startsWith('duration') || metric.startsWith('first-token'))
    return value < 1_000 ? `${Math.round(value)} ms` : `${round(value / 1_000)} s`;
  return metric === 'cost' || metric === 'saved' ? `${round(value)} ${currency}`.trim() : String(round(value));
}

const round = (value: number): number => Number(value.toPrecision(3));

function spanText(minutes: number): string {
  if (minutes % 1_440 === 0) return minutes === 1_440 ? '1 day' : `${minutes / 1_440} days`;
  if (minutes % 60 === 0) return minutes === 60 ? '1 hour' : `${minutes / 60} hours`;
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}
