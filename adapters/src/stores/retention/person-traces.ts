import type { GuardedWrite, Tables } from '@heddle/core';

/** Rows to erase: a table with a condition. If `empties` is set, the rows stay and only these columns are emptied. */
interface Trace {
  readonly table: string;
  readonly where: string;
  readonly empties?: string;
}

/** Data derived from runs. `@runs` is a JSON array of their ids. */
const tracesOfRuns: readonly Trace[] = [
  { table: 'run_scores', where: 'run IN (EACH @runs)' },
  { table: 'monitor_samples', where: 'run IN (EACH @runs)' },
  { table: 'experiment_results', where: 'run IN (EACH @runs)' },
  { table: 'annotation_items', where: 'run IN (EACH @runs) OR other IN (EACH @runs)' },
  { table: 'run_feedback', where: 'run IN (EACH @runs)' },
  { table: 'delivery_tries', where: 'delivery IN (SELECT id FROM deliveries WHERE run IN (EACH @runs))' },
  { table: 'deliveries', where: 'run IN (EACH @runs)' },
  { table: 'provider_batch_calls', where: 'run IN (EACH @runs)' },
  { table: 'idempotency_keys', where: 'run_id IN (EACH @runs)' },
  { table: 'route_decisions', where: 'run IN (EACH @runs)' },
  { table: 'arrivals', where: 'run IN (EACH @runs) AND message IS NOT NULL', empties: 'message = NULL' },
  {
    table: 'batch_rows',
    where: "run IN (EACH @runs) AND (inputs <> '{}' OR error IS NOT NULL)",
    empties: "inputs = '{}', error = NULL",
  },
  // A failed cell has no evaluations, but an error that can quote values.
  {
    table: 'experiment_cells',
    where: 'run IN (EACH @runs) AND (error IS NOT NULL OR evaluations IS NOT NULL)',
    empties: 'error = NULL, evaluations = NULL',
  },
  {
    table: 'replay_rows',
    where: '(recorded IN (EACH @runs) OR run IN (EACH @runs)) AND body IS NOT NULL',
    empties: 'body = NULL',
  },
];

/** Rows that name the person directly, as `@subject`. */
const tracesOfSubject: readonly Trace[] = [
  { table: 'openai_files', where: 'owner = @subject' },
  { table: 'openai_batches', where: 'owner = @subject' },
  { table: 'training_consents', where: 'subject = @subject' },
  { table: 'share_uploads', where: 'anonymous_user = @subject' },
  { table: 'proposals', where: 'author = @subject' },
  { table: 'annotation_items', where: 'subject = @subject' },
];

/** The writes that erase rows, and how many rows they erase. The commit fails with `conflict` if there are other rows by then. */
interface Erasure {
  readonly count: number;
  readonly writes: readonly GuardedWrite[];
}

/** Prepares the erasure of data derived from runs. @example const { count, writes } = await erasureOfRuns(tables, ['run-1']); */
export const erasureOfRuns = (tables: Tables, runIds: readonly string[]): Promise<Erasure> =>
  erasureOf(tables, tracesOfRuns, { runs: JSON.stringify(runIds) });

export const erasureOfSubject = (tables: Tables, subject: string): Promise<Erasure> =>
  erasureOf(tables, tracesOfSubject, { subject });

async function erasureOf(
  tables: Tables,
  traces: readonly Trace[],
  values: Readonly<Record<string, string>>,
): Promise<Erasure> {
  let sum = 0;
  const writes: GuardedWrite[] = [];
  for (const { table, where, empties } of traces) {
    const counted = `SELECT count(*) AS count FROM ${table} WHERE ${where}`;
    const rows = (await tables.get<{ readonly count: number }>(counted, values))?.count ?? 0;
    const sql =
      empties === undefined ? `DELETE FROM ${table} WHERE ${where}` : `UPDATE ${table} SET ${empties} WHERE ${where}`;
    // The audit log records the number of rows, so the commit must erase exactly as many as were counted.
    writes.push({ sql, values, rows, overwrites: true });
    sum += rows;
  }
  return { count: sum, writes };
}

const ofCaches = `cache IN (
  SELECT caches.number FROM caches JOIN runs ON caches.project = coalesce(JSON_TEXT(caller, project), 'default')
    AND caches.workflow IN ('', coalesce(runs.workflow_id, 'document:' || runs.workflow_name))
  WHERE runs.id IN (EACH @runs))`;

/**
 * Empties the caches that may contain results of runs, which must still exist. Other runs keep using the caches, so the number may change
 * until the commit.
 */
export async function emptyingOfCaches(tables: Tables, runIds: readonly string[]): Promise<Erasure> {
  const values = { runs: JSON.stringify(runIds) };
  const counted = `SELECT count(*) AS count FROM cache_entries WHERE ${ofCaches}`;
  const count = (await tables.get<{ readonly count: number }>(counted, values))?.count ?? 0;
  return { count, writes: [{ sql: `DELETE FROM cache_entries WHERE ${ofCaches}`, values, overwrites: true }] };
}
