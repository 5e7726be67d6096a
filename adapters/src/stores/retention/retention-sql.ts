import type { GuardedWrite } from '@heddle/core';
import { ended, neededRuns } from './removable-run.js';

/** The progress of a removal: of a removed run's remaining rows (`run`), or of the values of a run's records after `after` (`values`). */
export interface Removal {
  readonly run: number;
  readonly what: 'run' | 'values';
  readonly after: number;
}

/** Selects the oldest runs that may be removed or lose their values. Parameters: `before`, `newest`, `limit`. */
export const dueSql = (condition: string): string => `
  ${neededRuns} SELECT number, bundle, id, workflow_id, caller, ${condition === 'TRUE' ? "''" : 'acceptance'} AS acceptance FROM runs
    WHERE accepted_at < @before AND ended_at < @before AND ${ended} AND ${condition}
      AND number <= @newest AND number < (SELECT max(number) FROM runs)
      AND id NOT IN (SELECT id FROM needed)
    ORDER BY accepted_at, number LIMIT @limit`;

/** Records that there is more to remove: the remaining rows of removed runs, or the values of runs that lose them. */
export const markForRemoval = (runs: readonly number[], what: Removal['what'] = 'run'): readonly GuardedWrite[] => [
  {
    sql: `INSERT INTO removals (run, what) SELECT number, CAST(@what AS text) FROM runs WHERE number IN (EACH NUMBER @runs)
      ON CONFLICT (run) DO UPDATE SET what = excluded.what, after = 0`,
    values: { what, runs: JSON.stringify(runs) },
  },
];

/** Removes all rows that belong to runs, however many there are. */
export const restOf = (runs: readonly number[]): readonly GuardedWrite[] =>
  ['records', 'deltas', 'human_inputs', 'removals'].map((table) => ({
    sql: `DELETE FROM ${table} WHERE run IN (EACH NUMBER @runs)`,
    values: { runs: JSON.stringify(runs) },
  }));

/** Removes the rows of runs, and bundles that no other run uses. */
export const deletesOf = (runs: readonly number[], bundles: readonly string[]): readonly GuardedWrite[] => [
  { sql: 'DELETE FROM runs WHERE number IN (EACH NUMBER @runs)', values: { runs: JSON.stringify(runs) } },
  {
    sql: 'DELETE FROM bundles WHERE hash IN (EACH @bundles) AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.bundle = bundles.hash)',
    values: { bundles: JSON.stringify([...new Set(bundles)]) },
  },
];

/** The other statements. In heddle.db, a changed text loses its checksum. */
export function sqlOf(isFile: boolean) {
  const changed = isFile ? ', checksum = NULL' : '';
  const ofRuns = 'FROM records WHERE run IN (EACH NUMBER @runs)';
  return {
    begun: 'SELECT run, what, after FROM removals ORDER BY run LIMIT @limit',
    records: `SELECT run, seq ${ofRuns} ORDER BY run, seq LIMIT @limit`,
    deleteRecords: `DELETE ${ofRuns} AND (run, seq) <= (@run, @seq)`,
    countRecords: `SELECT count(*) AS count FROM (SELECT 1 ${ofRuns} LIMIT @limit) AS found`,
    deltas: 'SELECT number FROM deltas WHERE run IN (EACH NUMBER @runs) LIMIT @limit',
    page: `SELECT records.run, seq, body FROM removals JOIN records ON records.run = removals.run AND records.seq > removals.after
      WHERE removals.run IN (EACH NUMBER @runs) AND removals.what = 'values' ORDER BY removals.run, seq LIMIT @limit`,
    stripRecord: `UPDATE records SET body = @body, blobs = NULL${changed} WHERE run = @run AND seq = @seq`,
    forgetValues: "DELETE FROM removals WHERE run = @run AND what = 'values' AND after = @after",
    noteAfter: "UPDATE removals SET after = @seq WHERE run = @run AND what = 'values' AND after = @after",
    stripRun: `UPDATE runs SET acceptance = @acceptance, blobs = NULL${changed}, values_removed_at = @now WHERE number = @number`,
    forgetAsked: `UPDATE runs SET acceptance = @acceptance, blobs = @blobs${changed} WHERE id = @runId AND acceptance = @before`,
    removable: `${neededRuns} SELECT id FROM runs WHERE id IN (EACH @ids) AND ${ended} AND id NOT IN (SELECT id FROM needed) ORDER BY number`,
    jobs: "SELECT number FROM jobs WHERE ended_at < @before AND status NOT IN ('queued', 'running') LIMIT @limit",
    leftDeltas: `SELECT deltas.number FROM deltas LEFT JOIN runs ON runs.number = deltas.run WHERE runs.number IS NULL OR ${ended} LIMIT @limit`,
  } as const;
}
