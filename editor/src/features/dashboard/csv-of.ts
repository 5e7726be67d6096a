import { csvCell } from '@heddle/core';
import type { ChartData } from './charts.js';

/** The values of a chart as CSV: times in UTC, and an empty cell where nothing was measured. */
export function csvOf({ times, lines }: ChartData): string {
  const rows = times.map((time, index) => [
    new Date(time).toISOString(),
    ...lines.map(({ values }) => String(values[index] ?? '')),
  ]);
  return [['time', ...lines.map(({ title }) => title)], ...rows]
    .map((row) => `${row.map(csvCell).join(',')}\r\n`)
    .join('');
}
