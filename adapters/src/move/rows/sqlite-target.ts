import Database from 'better-sqlite3';
import { HeddleError } from '@heddle/core';
import { answer } from '../../database/answer.js';
import type { HeddleDatabase } from '../../database/open-database.js';
import { withStorageErrors } from '../../database/storage-error.js';
import { movedTables, type MovedTableName } from '../moved-tables.js';
import type { MovedTable, Row } from './row-forms.js';
import { inNewDatabase, quoted, sqliteRows } from './sqlite-rows.js';
import type { RowTarget, TableProgress } from './row-store.js';

interface StoredProgress {
  readonly name: string;
  readonly after: string | null;
  readonly rows: number;
  readonly is_done: number;
}

/** A heddle.db as the target of a move. */
interface SqliteTarget extends RowTarget {
  /**
   * Checks references, sets the next row numbers past those of the source, and makes the database ready for use. Errors: `move_differs`.
   */
  finish(numbers: ReadonlyMap<string, number>): void;
}

/**
 * Opens a heddle.db as the target. No other process may use it. Until `finish`, it has no triggers and does not check references, so that
 * rows can arrive in any order.
 *
 * @example const target = openSqliteTarget(openDatabase(file), tables);
 */
export function openSqliteTarget(database: HeddleDatabase, tables: readonly MovedTable[]): SqliteTarget {
  const { connection, file } = database;
  const isBegun = hasTable(connection, 'move_tables');
  connection.pragma('foreign_keys = OFF');
  if (!isBegun) withStorageErrors(file, () => connection.transaction(() => begin(connection)).immediate());
  const writers = new Map(tables.map((table) => [table.name, writerOf(connection, table)]));
  const note = connection.prepare<[string, string | null, number, number]>(
    'INSERT OR REPLACE INTO move_tables (name, after, rows, is_done) VALUES (?, ?, ?, ?)',
  );
  const store = connection.transaction((table: MovedTableName, rows: readonly Row[], now: TableProgress) => {
    const write = writers.get(table);
    for (const row of rows) write?.(row);
    note.run(table, now.after ?? null, now.rows, now.isDone ? 1 : 0);
  });
  const empty = connection.transaction(() => {
    for (const name of [...movedTables, 'move_tables']) connection.exec(`DELETE FROM ${name}`);
  });
  return {
    ...sqliteRows(database, tables),
    order: () => Promise.resolve(movedTables),
    progress: () => Promise.resolve(withStorageErrors(file, () => readProgress(connection))),
    write: (table, rows, _before, now) =>
      answer(() => withStorageErrors(file, () => store.immediate(table, rows, now))),
    startOver: () => answer(() => withStorageErrors(file, () => empty.immediate())),
    finish: (numbers) =>
      withStorageErrors(file, () => {
        refuseLoose(connection);
        connection.transaction(() => end(connection, numbers)).immediate();
        connection.pragma('foreign_keys = ON');
      }),
  };
}

export const hasTable = (connection: Database.Database, name: string): boolean =>
  connection.prepare<[string]>("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(name) !== undefined;

/** Removes the initial rows of a new database, and its triggers, which would write rows of their own. */
function begin(connection: Database.Database): void {
  const triggers = connection
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
    .pluck()
    .all();
  for (const name of triggers) connection.exec(`DROP TRIGGER "${name}"`);
  for (const name of movedTables) connection.exec(`DELETE FROM ${name}`);
  connection.exec(
    'CREATE TABLE move_tables (name TEXT PRIMARY KEY, after TEXT, rows INTEGER NOT NULL, is_done INTEGER NOT NULL) STRICT, WITHOUT ROWID',
  );
}

function readProgress(connection: Database.Database): ReadonlyMap<string, TableProgress> {
  const rows = connection.prepare<[], StoredProgress>('SELECT name, after, rows, is_done FROM move_tables').all();
  return new Map(
    rows.map(({ name, after, rows: count, is_done: isDone }) => [
      name,
      { after: after ?? undefined, rows: count, isDone: isDone === 1 },
    ]),
  );
}

function writerOf(connection: Database.Database, { name, sqlite }: MovedTable): (row: Row) => void {
  const columns = sqlite.write.map(quoted).join(', ');
  const insert = connection.prepare<[Row]>(
    `INSERT INTO ${name} (${columns}) VALUES (${sqlite.write.map((column) => `@${column}`).join(', ')})`,
  );
  return (row) => void insert.run(sqlite.toStored(row));
}

function refuseLoose(connection: Database.Database): void {
  const [loose] = connection.pragma('foreign_key_check') as readonly {
    readonly table: string;
    readonly parent: string;
  }[]; // the columns of this PRAGMA
  if (loose === undefined) return;
  throw new HeddleError(
    'move_differs',
    `A row of ${loose.table} refers to a row of ${loose.parent} that is not there.`,
    {
      details: { tables: [loose.table] },
    },
  );
}

/** Creates the triggers of a new database again and sets the row numbers. */
function end(connection: Database.Database, numbers: ReadonlyMap<string, number>): void {
  for (const sql of newTriggers()) connection.exec(sql);
  const known = connection
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'")
    .pluck()
    .all();
  const forget = connection.prepare<[string]>('DELETE FROM sqlite_sequence WHERE name = ?');
  const set = connection.prepare<[string, number]>('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)');
  for (const name of known) {
    const greatest = connection.prepare<[], number>(`SELECT coalesce(max(rowid), 0) FROM "${name}"`).pluck().get() ?? 0;
    forget.run(name);
    set.run(name, Math.max(greatest, numbers.get(name) ?? 0));
  }
  connection.exec('DROP TABLE move_tables');
}

const newTriggers = (): readonly string[] =>
  inNewDatabase((made) =>
    made.prepare<[], string>("SELECT sql FROM sqlite_schema WHERE type = 'trigger'").pluck().all(),
  );

/** Whether a database file contains an unfinished move. */
export function isUnfinished(file: string): boolean {
  const connection = new Database(file, { readonly: true, fileMustExist: true });
  try {
    return hasTable(connection, 'move_tables');
  } finally {
    connection.close();
  }
}
