import {
  currentRuns,
  referenceRuns,
  type GuardedWrite,
  type JudgedEnd,
  type ScoreWrites,
  type WaitingRun,
} from '@heddle/core';
import { counted } from './monitor-counts.js';
import { monitorOf, sampleBody, vectorBytes, type MonitorRow } from './monitor-rows.js';
import { batchOf, hasValues, lockOf } from './run-score-store.js';

/**
 * A lock: other changes of the monitor, or of runs that wait for it, are committed before or after this. Fails if the monitor was removed.
 */
export const monitorLock = (id: string): GuardedWrite => ({
  sql: 'SELECT 1 FROM monitors WHERE id = @id FOR UPDATE',
  values: { id },
  rows: 1,
});

const mostSkipped = 1_000;

/** Skips some of the waiting runs because of the budget. Errors of the commit: `conflict` if the monitor was removed. */
export const skipped = (monitor: string): readonly GuardedWrite[] => [
  monitorLock(monitor),
  {
    sql: `UPDATE monitor_runs SET is_over = 1
      WHERE number IN (SELECT number FROM monitor_runs WHERE monitor = @monitor ORDER BY number LIMIT @most)`,
    values: { monitor, most: mostSkipped },
  },
  {
    sql: `INSERT INTO monitor_counts (monitor, outcome, runs)
      SELECT monitor, 'skipped:budget', count(*) FROM monitor_runs WHERE monitor = @monitor AND is_over = 1 GROUP BY monitor
      ON CONFLICT (monitor, outcome) DO UPDATE SET runs = monitor_counts.runs + excluded.runs`,
    values: { monitor },
  },
  { sql: 'DELETE FROM monitor_runs WHERE monitor = @monitor AND is_over = 1', values: { monitor } },
];

/** Ends a run of a sample. Errors of the commit: `conflict` if the run no longer waits, or if the drift of the monitor was changed. */
export function finished(
  { number, runId: run }: WaitingRun,
  end: JudgedEnd,
  row: MonitorRow,
  scores: ScoreWrites,
): readonly GuardedWrite[] {
  const { id: monitor } = row;
  const { day, cost, isSpent, error, at, outcome, batches } = end;
  return [
    lockOf(run),
    monitorLock(monitor),
    // A row that disappears without this mark was removed, not judged.
    { sql: 'UPDATE monitor_runs SET is_over = 1 WHERE number = @number', values: { number }, rows: 1 },
    { sql: 'DELETE FROM monitor_runs WHERE number = @number', values: { number } },
    ...scores.add(end.scores.map((score) => ({ ...score, batches }))),
    counted(monitor, outcome, 1),
    {
      sql: `INSERT INTO monitor_days (monitor, day, runs, cost, is_spent) VALUES (@monitor, @day, 0, @cost, @isSpent)
        ON CONFLICT (monitor, day) DO UPDATE SET cost = monitor_days.cost + excluded.cost,
          is_spent = CASE WHEN monitor_days.is_spent = 1 THEN 1 ELSE excluded.is_spent END`,
      values: { monitor, day, cost, isSpent: isSpent ? 1 : 0 },
    },
    ...(error === undefined
      ? []
      : [
          {
            sql: 'UPDATE monitors SET last_error = @error WHERE id = @monitor',
            values: { monitor, error: JSON.stringify({ at, code: error }) },
          },
        ]),
    ...sampleWrites(row, run, end),
  ];
}

const references = 'SELECT count(*) FROM monitor_samples WHERE monitor = @monitor AND is_reference = 1';

/** Stores a sample. The first runs are the reference; of later ones, only the newest are kept. */
function sampleWrites(row: MonitorRow, run: string, { sample, batches }: JudgedEnd): readonly GuardedWrite[] {
  if (sample === undefined) return [];
  const { id: monitor, drift: before } = row;
  const { drift } = monitorOf(row);
  const isReference = drift.isReferenceFull ? '0' : `CASE WHEN (${references}) < @most THEN 1 ELSE 0 END`;
  return [
    { sql: 'SELECT 1 FROM monitors WHERE id = @monitor AND drift = @before', values: { monitor, before }, rows: 1 },
    {
      sql: 'DELETE FROM monitor_samples WHERE run = @run AND monitor = @monitor',
      values: { run, monitor },
      overwrites: true,
    },
    {
      sql: `INSERT INTO monitor_samples (monitor, run, is_reference, label, body, vector)
        SELECT @monitor, @run, ${isReference}, @label, @body, @vector WHERE ${hasValues}`,
      values: {
        monitor,
        run,
        most: referenceRuns,
        label: sample.label,
        body: sampleBody(sample),
        vector: vectorBytes(sample.vector),
      },
    },
    ...batches.map((batch) => batchOf(run, batch)),
    ...(drift.isReferenceFull
      ? []
      : [
          {
            sql: `UPDATE monitors SET drift = @full WHERE id = @monitor AND (${references}) >= @most`,
            values: { monitor, most: referenceRuns, full: JSON.stringify({ ...drift, isReferenceFull: true }) },
          },
        ]),
    {
      sql: `DELETE FROM monitor_samples WHERE monitor = @monitor AND is_reference = 0 AND number <= (
        SELECT number FROM monitor_samples WHERE monitor = @monitor AND is_reference = 0 ORDER BY number DESC LIMIT 1 OFFSET @current)`,
      values: { monitor, current: currentRuns },
      overwrites: true,
    },
  ];
}
