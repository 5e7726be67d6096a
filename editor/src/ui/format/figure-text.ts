import { differenceText, type ComparedInterval, type MetricInfo } from '@heddle/core';

export { differenceText, figureText } from '@heddle/core';

type Unit = MetricInfo['unit'];

/** An interval of a difference. */
export const intervalText = ({ low, high }: ComparedInterval, unit: Unit): string =>
  `${differenceText(low, unit)} to ${differenceText(high, unit)}`;

/** What a comparison says. */
export const verdictText = { better: 'Better', worse: 'Worse', undecided: 'Not decided' } as const;

/** A p-value as papers print it. */
export const chanceText = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3));
