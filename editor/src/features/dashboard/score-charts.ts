import type { ScoreSeries } from '@heddle/core';
import { formatDuration } from '../../ui/format/format-duration.js';
import { formatCount } from '../../ui/format/format-money.js';
import type { ChartData } from './charts.js';

const colours = ['--type-text', '--waiting', '--done', '--type-json', '--type-messages', '--failed'];
const scoreText = (value: number): string => String(Math.round(value * 1_000) / 1_000);

/** How the values of a metric are formatted: as scores if all means are between 0 and 1. */
function formatOf(series: readonly ScoreSeries[], metric: string): (value: number) => string {
  if (metric === 'latency' || metric.endsWith('.ms')) return formatDuration;
  return series.every(({ total }) => (total.mean ?? 0) <= 1) ? scoreText : formatCount;
}

/** The title of a version's line, with the workflow's title if there are several workflows. */
function nameOf({ title, version }: ScoreSeries, isAlone: boolean): string {
  const own = version === 0 ? 'Draft' : `Version ${version}`;
  return isAlone ? own : `${title ?? 'Workflow'}, ${own.toLowerCase()}`;
}

/** A chart for each metric, with a line for each version. Only the versions with the most scores are shown. */
export function scoreCharts(all: readonly ScoreSeries[], times: readonly number[]): readonly ChartData[] {
  const isAlone = new Set(all.map(({ workflow }) => workflow)).size === 1;
  return [...new Set(all.map(({ metric }) => metric))].map((metric) => {
    const series = all
      .filter((one) => one.metric === metric)
      .sort((a, b) => b.total.scores - a.total.scores)
      .slice(0, colours.length);
    return {
      title: `Score: ${metric}`,
      times,
      lines: series.map((one, at) => {
        const means = new Map(one.points.map(({ time, mean }) => [time, mean]));
        return {
          title: nameOf(one, isAlone),
          colour: colours[at] ?? '--accent',
          values: times.map((time) => means.get(time) ?? null),
        };
      }),
      format: formatOf(series, metric),
      isCount: false,
    };
  });
}
