import type { MetricInfo } from './evaluator.js';

type Unit = MetricInfo['unit'];

/** Formats a figure in its unit: scores in percent, money in dollars, times in ms or s. */
export function figureText(value: number | undefined, unit: Unit): string {
  if (value === undefined) return '–';
  switch (unit) {
    case 'score':
    case 'check':
      return `${(value * 100).toFixed(1)} %`;
    case 'ms':
      return Math.abs(value) >= 1_000 ? `${(value / 1_000).toFixed(2)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`;
    case 'tokens':
      return value.toFixed(0);
    case 'USD':
      return `$${value === 0 ? '0' : value.toPrecision(3)}`;
  }
}

/** Formats a difference with its sign; scores in points. */
export function differenceText(value: number | undefined, unit: Unit): string {
  if (value === undefined) return '–';
  const sign = value > 0 ? '+' : value < 0 ? '−' : '';
  const text = figureText(Math.abs(value), unit);
  return `${sign}${unit === 'score' || unit === 'check' ? text.replace(' %', ' points') : text}`;
}
