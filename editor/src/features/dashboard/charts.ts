import type { DashboardPoint } from '@heddle/core';
import { formatDuration } from '../../ui/format/format-duration.js';
import { formatCount, formatMoney } from '../../ui/format/format-money.js';

/** A line of a chart with one value for each step; null if nothing was measured in a step. */
export interface ChartLine {
  readonly title: string;
  /** A colour token of the theme. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
}

/** A chart of one measure over time. */
export interface ChartData {
  readonly title: string;
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly format: (value: number) => string;
  /** Whether the values are counts. Lines of counts are filled down to zero. */
  readonly isCount: boolean;
}

type MoneyField = 'cost' | 'savedByCache' | 'savedByRouting';
type Series = readonly DashboardPoint[];
type Read = (point: DashboardPoint) => number | null;

const percent = (value: number): string => `${Math.round(value * 10) / 10} %`;
const share = (part: number, all: number): number | null => (all === 0 ? null : (100 * part) / all);

/** The charts of a series. A chart without a value above zero is left out, except that of the runs. */
export function chartsOf(series: Series): readonly ChartData[] {
  return [...runCharts(series), ...modelCharts(series), ...moneyCharts(series), ratingChart(series)].filter(
    ({ title, lines }) => title === 'Runs' || lines.some(({ values }) => values.some((value) => (value ?? 0) > 0)),
  );
}

/** Creates a chart from its lines: for each, the title, the colour token, and the value of a point. */
function chartOf(
  series: Series,
  about: Pick<ChartData, 'title' | 'format' | 'isCount'>,
  ...lines: readonly (readonly [string, string, Read])[]
): ChartData {
  return {
    ...about,
    times: series.map(({ time }) => time),
    lines: lines.map(([title, colour, read]) => ({ title, colour, values: series.map(read) })),
  };
}

const runCharts = (series: Series): readonly ChartData[] => [
  chartOf(
    series,
    { title: 'Runs', format: formatCount, isCount: true },
    ['Runs', '--accent', ({ runs }) => runs],
    ['Failed', '--failed', ({ failed }) => failed],
  ),
  chartOf(series, { title: 'Failed runs, share', format: percent, isCount: false }, [
    'Failed',
    '--failed',
    ({ runs, failed }) => share(failed, runs),
  ]),
  chartOf(
    series,
    { title: 'Duration of a run', format: formatDuration, isCount: false },
    ['Half are faster (p50)', '--type-text', ({ p50 }) => p50],
    ['95 % are faster (p95)', '--waiting', ({ p95 }) => p95],
    ['99 % are faster (p99)', '--failed', ({ p99 }) => p99],
  ),
];

const modelCharts = (series: Series): readonly ChartData[] => [
  chartOf(
    series,
    { title: 'Time to first token', format: formatDuration, isCount: false },
    ['Half are faster (p50)', '--type-text', ({ firstTokenP50 }) => firstTokenP50],
    ['95 % are faster (p95)', '--waiting', ({ firstTokenP95 }) => firstTokenP95],
  ),
  chartOf(
    series,
    { title: 'Tokens', format: formatCount, isCount: true },
    ['Input', '--type-text', ({ inputTokens }) => inputTokens],
    ['Output', '--type-number', ({ outputTokens }) => outputTokens],
  ),
];

/** One chart for each currency. */
function moneyCharts(series: Series): readonly ChartData[] {
  const chart = (title: string, ...fields: readonly (readonly [MoneyField, string, string])[]) =>
    currenciesOf(
      series,
      fields.map(([field]) => field),
    ).map((currency) =>
      chartOf(
        series,
        {
          title: currency === '' ? title : `${title}, ${currency}`,
          format: (value) => formatMoney(value, currency),
          isCount: true,
        },
        ...fields.map(
          ([field, name, colour]) => [name, colour, (point: DashboardPoint) => point[field][currency] ?? 0] as const,
        ),
      ),
    );
  return [
    ...chart('Cost', ['cost', 'Cost', '--type-json']),
    ...chart('Saved', ['savedByCache', 'By caches', '--done'], ['savedByRouting', 'By routing', '--type-messages']),
  ];
}

const ratingChart = (series: Series): ChartData =>
  chartOf(series, { title: 'Good ratings, share', format: percent, isCount: false }, [
    'Good',
    '--done',
    ({ ratings, goodRatings }) => share(goodRatings, ratings),
  ]);

function currenciesOf(series: readonly DashboardPoint[], fields: readonly MoneyField[]): readonly string[] {
  const found = new Set(series.flatMap((point) => fields.flatMap((field) => Object.keys(point[field]))));
  return [...found].sort();
}
