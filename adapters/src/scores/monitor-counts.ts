import type { GuardedWrite, JudgedEnd, MonitorCounts } from '@heddle/core';

/** The number of runs with this outcome. */
export interface CountRow {
  readonly outcome: string;
  readonly runs: number;
}

/** Adds to the number of sampled runs with an outcome. */
export const counted = (monitor: string, outcome: JudgedEnd['outcome'], runs: number): GuardedWrite => ({
  sql: `INSERT INTO monitor_counts (monitor, outcome, runs) VALUES (@monitor, @outcome, @runs)
    ON CONFLICT (monitor, outcome) DO UPDATE SET runs = monitor_counts.runs + excluded.runs`,
  values: { monitor, outcome, runs },
});

export function countsOf(rows: readonly CountRow[], waiting: number): MonitorCounts {
  const of = (outcome: JudgedEnd['outcome']): number => rows.find((row) => row.outcome === outcome)?.runs ?? 0;
  return {
    waiting,
    judged: of('judged'),
    failed: of('failed'),
    skipped: { budget: of('skipped:budget'), label: of('skipped:label'), removed: of('skipped:removed') },
  };
}
