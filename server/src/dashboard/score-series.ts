import type { RunScoreStore, ScoreFigures, ScorePoint, ScoreQuery, ScoreSeries } from '@heddle/core';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';

/** How many series a reply may contain; those with the most scores come first. */
const mostSeries = 60;
/** How many steps one read covers, because other work runs between reads. */
const stepsAtOnce = 8;

/**
 * Scores by metric, workflow and version over time. The versions of a workflow are separate series, so that a new one can be compared with
 * the one before.
 */
export async function scoreSeries(
  scores: Pick<RunScoreStore, 'series'>,
  query: ScoreQuery,
  isIn: (row: ScoreFigures) => boolean = () => true,
): Promise<ScoreSeries[]> {
  const found = new Map<string, ScoreFigures[]>();
  for (let from = query.from; from < query.to; from += stepsAtOnce * query.step) {
    const to = Math.min(query.to, from + stepsAtOnce * query.step);
    const figures = query.workflows.length === 0 ? [] : await scores.series({ ...query, from, to });
    for (const row of figures.filter(isIn)) {
      const key = JSON.stringify([row.metric, row.workflow, row.version]);
      const rows = found.get(key) ?? [];
      rows.push(row);
      found.set(key, rows);
    }
    await yieldToEventLoop();
  }
  return [...found.values()]
    .flatMap(seriesOf)
    .sort((a, b) => b.total.scores - a.total.scores)
    .slice(0, mostSeries)
    .sort((a, b) => compare(a.metric, b.metric) || compare(a.workflow, b.workflow) || b.version - a.version);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function seriesOf(rows: readonly ScoreFigures[]): readonly ScoreSeries[] {
  const [first] = rows;
  if (first === undefined) return [];
  const { metric, workflow, version } = first;
  const points = rows.map((row) => ({ time: row.time, ...pointOf([row]) }));
  return [{ metric, workflow, version, total: pointOf(rows), points }];
}

function pointOf(rows: readonly ScoreFigures[]): Omit<ScorePoint, 'time'> {
  const sum = (field: 'scores' | 'sum' | 'sided' | 'passed' | 'failed'): number =>
    rows.reduce((total, row) => total + row[field], 0);
  const scores = sum('scores');
  const sided = sum('sided');
  return {
    scores,
    mean: scores === 0 ? null : sum('sum') / scores,
    passed: sided === 0 ? null : sum('passed') / sided,
    failed: sum('failed'),
  };
}
