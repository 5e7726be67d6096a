import { differenceText, type ComparedInterval, type MetricInfo } from '@heddle/core';

export { differenceText, figureText } from '@heddle/core';

type Unit = MetricInfo['unit'];

/**
 * The interval of a difference. A common unit is named only once. @example intervalText({ low: -0.079, high: 0 }, 'score') // '−7.9 to 0.0
 * points'
 */
export function intervalText({ low, high }: ComparedInterval, unit: Unit): string {
  const from = differenceText(low, unit);
  const to = differenceText(high, unit);
  const common = / \S+$/.exec(to)?.[0] ?? '';
  return `${common !== '' && from.endsWith(common) ? from.slice(0, -common.length) : from} to ${to}`;
}

/** The verdicts of a comparison. */
export const verdictText = { better: 'Better', worse: 'Worse', undecided: 'Not decided' } as const;

/** A p-value as scientific papers print it. */
export const chanceText = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3));
