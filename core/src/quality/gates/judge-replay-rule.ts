import type { ReplayCounts } from '../../replay/replay-counts.js';
import type { ReplayRow } from '../../api/replays.js';
import type { GateFigure, ReplayRule } from './gate.js';
import { quantileOf } from './judge-dataset-rule.js';

type Figure = Omit<GateFigure, 'isPassed' | 'side' | 'value'> & { readonly value: number };

/**
 * Judges the rows of a replay. Rows that could not be replayed fail the rule, because their answer is unknown.
 *
 * @example judgeReplayRule(rule, rows, effects).every(({ isPassed }) => isPassed)
 */
export function judgeReplayRule(
  rule: ReplayRule,
  rows: readonly ReplayRow[],
  { sent }: Pick<ReplayCounts, 'sent'>,
): readonly GateFigure[] {
  const of = (...states: readonly ReplayRow['status'][]): number =>
    rows.filter(({ status }) => states.includes(status)).length;
  const replayed = of('same', 'changed', 'failed', 'would-call');
  const open = rows.length - replayed;
  const changed = replayed - of('same');
  return [
    atLeast({ title: 'Recorded runs', value: rows.length, wanted: rule.minRuns, unit: 'count' }),
    atMost({
      title: 'Runs that no longer have an answer',
      unit: 'count',
      wanted: rule.maxRegressions,
      value: rows.filter(({ isRegression }) => isRegression).length,
    }),
    ...(open === 0 ? [] : [atMost({ title: 'Runs that were not replayed', value: open, wanted: 0, unit: 'count' })]),
    ...(sent === 0 ? [] : [atMost({ title: 'Effects that were made', value: sent, wanted: 0, unit: 'count' })]),
    ...limited(rule.maxChanged, 'Changed answers', () => changed / replayed),
    ...limited(rule.maxRerouted, 'Other routes', () => shareOf(rows, isRerouted)),
    ...limited(rule.maxNewDestinations, 'New destinations of data', () => shareOf(rows, hasNewDestination)),
    ...figuresOfWork(rule, rows),
  ];
}

function figuresOfWork(rule: ReplayRule, rows: readonly ReplayRow[]): readonly GateFigure[] {
  const pairs = rows.flatMap(({ before, after }) =>
    before === undefined || after === undefined ? [] : [{ before, after }],
  );
  // A run that ended early cannot be compared by the work it did.
  const alike = pairs.filter(({ before, after }) => before.status === after.status);
  const costs = pairs.map(({ after }) => after.cost);
  const money = (title: string, wanted: number | undefined, value: number): readonly GateFigure[] =>
    wanted === undefined ? [] : [atMost({ title, value, wanted, unit: 'USD' })];
  const rise = (of: 'cost' | 'ms'): number => {
    const sum = (side: 'before' | 'after'): number => alike.reduce((total, pair) => total + pair[side][of], 0);
    const before = sum('before');
    const after = sum('after');
    if (alike.length === 0) return Number.NaN;
    return before === 0 ? (after === 0 ? 0 : Number.POSITIVE_INFINITY) : after / before - 1;
  };
  return [
    ...money('Cost of a run, mean', rule.maxMeanCost, sumOf(costs) / costs.length),
    ...money('Cost of a run, 95th percentile', rule.maxP95Cost, quantileOf(costs, 0.95)),
    ...limited(rule.maxCostRise, 'More expensive than before', () => rise('cost')),
    ...limited(rule.maxTimeRise, 'Slower than before', () => rise('ms')),
  ];
}

const limited = (wanted: number | undefined, title: string, value: () => number): readonly GateFigure[] =>
  wanted === undefined ? [] : [atMost({ title, value: value(), wanted, unit: 'share' })];

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const shareOf = (rows: readonly ReplayRow[], is: (row: ReplayRow) => boolean): number => {
  const replayed = rows.filter(({ before, after }) => before !== undefined && after !== undefined);
  return replayed.filter(is).length / replayed.length;
};

/** Whether the draft ran other nodes than the recorded run. */
export const isRerouted = ({ before, after }: ReplayRow): boolean =>
  before?.nodes.join('\n') !== after?.nodes.join('\n');

/** Whether the draft sent data to a destination that the recorded run did not use. */
export const hasNewDestination = ({ before, after }: ReplayRow): boolean =>
  after?.egress.some((destination) => before?.egress.includes(destination) !== true) === true;

/** A value that is not a number never passes and is not shown. */
const valueOf = (value: number): { readonly value?: number } => (Number.isFinite(value) ? { value } : {});

const atMost = ({ value, ...about }: Figure): GateFigure => ({
  ...about,
  side: 'at-most',
  isPassed: value <= about.wanted,
  ...valueOf(value),
});

const atLeast = ({ value, ...about }: Figure): GateFigure => ({
  ...about,
  side: 'at-least',
  isPassed: value >= about.wanted,
  ...valueOf(value),
});
