import type { HeddleDatabase } from '../database/open-database.js';
import { overwriting } from '../database/overwriting.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import { withStorageErrors } from '../database/storage-error.js';
import { forgetRuns } from './dataset-store.js';

/** Erasures of rows inside of synchronous work of heddle.db, such as the erasure of a conversation. */
export interface RowErasure {
  /** Erases the rows of runs from all versions of all datasets. Returns their number. */
  forgetRuns(runs: readonly string[]): number;
  /** The runs that rows were made from and that belong to one of these conversations. */
  runsOf(conversations: readonly string[]): readonly string[];
}

/** What an erasure takes is overwritten in the file. @example const erasure = createRowErasure(database); */
export function createRowErasure(database: HeddleDatabase): RowErasure {
  const { connection, file } = database;
  const count = connection
    .prepare<[string], number>('SELECT count(*) FROM dataset_rows WHERE run IN (SELECT value FROM json_each(?))')
    .pluck();
  const runs = connection
    .prepare<[string], string>(
      'SELECT DISTINCT run FROM dataset_runs WHERE conversation IN (SELECT value FROM json_each(?))',
    )
    .pluck();
  const transact = <T>(work: () => T): T => withStorageErrors(file, () => connection.transaction(work).immediate());
  return {
    runsOf: (conversations) => withStorageErrors(file, () => runs.all(JSON.stringify(conversations))),
    forgetRuns: (named) =>
      overwriting(connection, () =>
        transact(() => {
          const rows = count.get(JSON.stringify(named)) ?? 0;
          sqliteTables(database).apply(forgetRuns(named));
          return rows;
        }),
      ),
  };
}
