import {
  boundsOf,
  isExpected,
  type GuardedWrite,
  type CachedTable,
  type StatementValues,
  type Tables,
} from '@heddle/core';
import type { Statement } from 'better-sqlite3';
import { changedMeanwhile, guardError } from '../sql/guard-error.js';
import { addHistogramFunctions } from '../sql/histogram-blob.js';
import { toSqlite } from '../sql/shared-sql.js';
import { Topics } from '../sql/topics.js';
import { answer } from './answer.js';
import { commitPowerSafe } from './commit-power-safe.js';
import { cacheRows, type SqliteCachedRows } from './cached-rows.js';
import type { HeddleDatabase } from './open-database.js';
import { overwriting } from './overwriting.js';
import { rememberReads } from './remember-reads.js';
import { codeOf, withStorageErrors } from './storage-error.js';

export interface SqliteTables extends Tables {
  /** Runs writes inside a transaction that is already open, as part of synchronous work. */
  apply(writes: readonly GuardedWrite[]): void;
}

const opened = new WeakMap<HeddleDatabase, SqliteTables>();

/**
 * The tables of heddle.db. Statements run synchronously: a returned promise is already settled.
 *
 * @example const tables = sqliteTables(database);
 */
export function sqliteTables(database: HeddleDatabase): SqliteTables {
  const known = opened.get(database);
  if (known !== undefined) return known;
  const tables = createTables(database);
  opened.set(database, tables);
  return tables;
}

function createTables(database: HeddleDatabase): SqliteTables {
  const { connection, file } = database;
  addHistogramFunctions(connection);
  const statements = new Map<string, Statement<[StatementValues]>>();
  const prepared = (sql: string): Statement<[StatementValues]> => {
    const found = statements.get(sql) ?? connection.prepare<[StatementValues]>(toSqlite(sql));
    statements.set(sql, found);
    return found;
  };
  const read = <T>(work: () => T): Promise<T> => answer(() => withStorageErrors(file, work));
  const topics = new Topics();
  const kept: SqliteCachedRows<unknown>[] = [];
  const runAll = (writes: readonly GuardedWrite[]): void => {
    for (const write of writes) run(prepared(write.sql), write);
  };
  const apply = (writes: readonly GuardedWrite[]): void => {
    if (writes.some(({ overwrites }) => overwrites === true)) overwriting(connection, () => runAll(writes));
    else runAll(writes);
  };
  const commit = (writes: readonly GuardedWrite[], inTransaction: (work: () => void) => void): Promise<void> =>
    answer(() => {
      if (writes.length === 0) return;
      inTransaction(() => apply(writes));
      topics.notify(writes);
    });
  return {
    // The queries name their columns as in the rows of the callers.
    all: <Row>(sql: string, values: StatementValues = {}) => read(() => prepared(sql).all(values) as Row[]),
    get: <Row>(sql: string, values: StatementValues = {}) => read(() => prepared(sql).get(values) as Row | undefined),
    lookup<Row>(sql: string) {
      const find = rememberReads(database, (key) => prepared(sql).get(JSON.parse(key) as StatementValues));
      return (values: StatementValues) => read(() => find(JSON.stringify(values)) as Row | undefined);
    },
    commit: (writes) => commit(writes, (work) => commitPowerSafe(database, work)),
    note: (writes) => commit(writes, (work) => withStorageErrors(file, () => connection.transaction(work).immediate())),
    flushed: () => database.flushed(),
    emptyLog: () => read(() => database.emptyLog()),
    watch: (topic, listener) => topics.watch(topic, listener),
    keep<Row>(table: CachedTable) {
      const rows = cacheRows<Row>(database, table);
      kept.push(rows);
      topics.watch(table.topic, () => rows.forget());
      return rows;
    },
    refresh: () => answer(() => kept.forEach((rows) => rows.forget())),
    // Kept rows are forgotten even if the transaction is rolled back later; reads inside the transaction keep nothing.
    apply(writes) {
      apply(writes);
      topics.notify(writes);
    },
  };
}

/** Codes of a write that refers to a removed row, or whose key another row has meanwhile. */
const meanwhile: ReadonlySet<string | undefined> = new Set([
  'SQLITE_CONSTRAINT_FOREIGNKEY',
  'SQLITE_CONSTRAINT_UNIQUE',
  'SQLITE_CONSTRAINT_PRIMARYKEY',
]);

/** Errors: those of the write; `conflict` if it refers to a row that is gone, or another row has its key. */
function run(statement: Statement<[StatementValues]>, write: GuardedWrite): void {
  const { values, rows } = write;
  const touched = statement.reader ? found(statement, values, rows) : changed(statement, write);
  if (!isExpected(touched, rows)) throw guardError(write);
}

function changed(statement: Statement<[StatementValues]>, { values, sql }: GuardedWrite): number {
  try {
    return statement.run(values).changes;
  } catch (error) {
    if (!meanwhile.has(codeOf(error))) throw error;
    throw changedMeanwhile({ statement: sql.slice(0, 100) });
  }
}

/** Reads only as many rows as are needed to check the expected number. */
function found(
  statement: Statement<[StatementValues]>,
  values: StatementValues,
  expected: GuardedWrite['rows'],
): number {
  const { least, most } = boundsOf(expected);
  const enough = most === Number.MAX_SAFE_INTEGER ? least : most + 1;
  let count = 0;
  for (const _row of statement.iterate(values)) {
    count += 1;
    if (count >= enough) break;
  }
  return count;
}
