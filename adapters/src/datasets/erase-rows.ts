import type { GuardedWrite, Tables } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { overwriting } from '../database/overwriting.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import { withStorageErrors } from '../database/storage-error.js';
import { forgetRuns } from './dataset-store.js';

/** Erasures of rows inside of synchronous work of heddle.db, such as the erasure of a conversation. */
export interface RowErasure {
  /** Erases the rows of runs from all versions of all datasets. Returns their number. */
  forgetRuns(runs: readonly string[]): number;
  /** The erasure of the rows that were made from runs of these conversations, for the commit that erases those, and their number. */
  ofConversations(
    conversations: readonly string[],
  ): Promise<{ readonly rows: number; readonly writes: readonly GuardedWrite[] }>;
  /** Commits an erasure without an audit event. */
  commit(writes: readonly GuardedWrite[]): Promise<void>;
}

/** What an erasure takes is overwritten in the file. @example const erasure = createRowErasure(database); */
export function createRowErasure(database: HeddleDatabase): RowErasure {
  const { connection, file } = database;
  const count = connection
    .prepare<[string], number>('SELECT count(*) FROM dataset_rows WHERE run IN (SELECT value FROM json_each(?))')
    .pluck();
  const tables = sqliteTables(database);
  const transact = <T>(work: () => T): T => withStorageErrors(file, () => connection.transaction(work).immediate());
  return {
    ofConversations: (conversations) => rowsOfConversations(tables, conversations),
    commit: (writes) => tables.commit(writes),
    forgetRuns: (named) =>
      overwriting(connection, () =>
        transact(() => {
          const rows = count.get(JSON.stringify(named)) ?? 0;
          tables.apply(forgetRuns(named));
          return rows;
        }),
      ),
  };
}

async function rowsOfConversations(
  tables: Tables,
  conversations: readonly string[],
): ReturnType<RowErasure['ofConversations']> {
  const ids = JSON.stringify(conversations);
  const sql = 'SELECT DISTINCT run FROM dataset_runs WHERE conversation IN (EACH @ids)';
  const found = await tables.all<{ readonly run: string }>(sql, { ids });
  const runs = JSON.stringify(found.map(({ run }) => run));
  const counted = 'SELECT count(*) AS count FROM dataset_rows WHERE run IN (EACH @runs)';
  const count = found.length === 0 ? undefined : await tables.get<{ readonly count: number }>(counted, { runs });
  // Rows that were made meanwhile are found at the next try.
  const isWhole: GuardedWrite = {
    sql: 'SELECT 1 FROM dataset_runs WHERE conversation IN (EACH @ids) AND run NOT IN (EACH @runs)',
    values: { ids, runs },
    rows: 0,
  };
  const erasures = found.length === 0 ? [] : forgetRuns(found.map(({ run }) => run));
  return { rows: count?.count ?? 0, writes: [isWhole, ...erasures.map((write) => ({ ...write, overwrites: true }))] };
}
