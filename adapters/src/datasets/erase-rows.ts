import type { GuardedWrite, Tables } from '@heddle/core';
import { forgetRuns } from './dataset-store.js';

/** Writes that erase rows, for the commit that erases the runs or conversations behind them, and the number of rows. */
interface ErasedRows {
  readonly rows: number;
  readonly writes: readonly GuardedWrite[];
}

/** Erases rows together with the runs and conversations that they were made from, from all versions of all datasets. */
export interface RowErasure {
  /** Prepares the erasure of rows that were made from runs. Errors: `storage_*`, `database_*`. */
  ofRuns(runs: readonly string[]): Promise<ErasedRows>;
  /** Prepares the erasure of rows that were made from runs of these conversations. Errors: `storage_*`, `database_*`. */
  ofConversations(conversations: readonly string[]): Promise<ErasedRows>;
  /** Commits an erasure without an audit event. Errors: `storage_*`, `database_*`. */
  commit(writes: readonly GuardedWrite[]): Promise<void>;
}

/**
 * Erases rows of datasets.
 *
 * @example const erasure = createRowErasure(tables);
 */
export const createRowErasure = (tables: Tables): RowErasure => ({
  ofRuns: (runs) => rowsOfRuns(tables, runs),
  ofConversations: (conversations) => rowsOfConversations(tables, conversations),
  commit: (writes) => tables.commit(writes),
});

const counted = 'SELECT count(*) AS count FROM dataset_rows WHERE run IN (EACH @runs)';

async function rowsOfRuns(tables: Tables, named: readonly string[]): Promise<ErasedRows> {
  if (named.length === 0) return { rows: 0, writes: [] };
  const found = await tables.get<{ readonly count: number }>(counted, { runs: JSON.stringify(named) });
  const rows = found?.count ?? 0;
  // The writes are needed even for 0 rows, because a row can be made from a run until the run is erased.
  return { rows, writes: forgetRuns(named).map((write) => ({ ...write, overwrites: rows > 0 })) };
}

async function rowsOfConversations(tables: Tables, conversations: readonly string[]): Promise<ErasedRows> {
  const ids = JSON.stringify(conversations);
  const sql = 'SELECT DISTINCT run FROM dataset_runs WHERE conversation IN (EACH @ids)';
  const found = (await tables.all<{ readonly run: string }>(sql, { ids })).map(({ run }) => run);
  // Fails if rows were made meanwhile; the next try finds them.
  const isWhole: GuardedWrite = {
    sql: 'SELECT 1 FROM dataset_runs WHERE conversation IN (EACH @ids) AND run NOT IN (EACH @runs)',
    values: { ids, runs: JSON.stringify(found) },
    rows: 0,
  };
  const { rows, writes } = await rowsOfRuns(tables, found);
  return { rows, writes: [isWhole, ...writes] };
}
