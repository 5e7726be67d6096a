import Database from 'better-sqlite3';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { migrate } from '../../database/migrations/migrate.js';
import { withStorageErrors } from '../../database/storage-error.js';
import { keyCells, keyText, mostBytes, sizeOf } from './keys.js';
import { movedTables, type MovedTableName } from '../moved-tables.js';
import { movedTable, type Cell, type MovedTable, type Row } from './row-forms.js';
import type { Batch, RowSource } from './row-store.js';

const mostRows = 1_000;

/** The tables that a move copies, with the columns of this heddle.db. */
export const tablesOf = (connection: Database.Database): readonly MovedTable[] =>
  movedTables.map((name) => movedTable(name, columnsOf(connection, name)));

/** The tables that a move copies, with the columns of a new heddle.db. */
export const newTables = (): readonly MovedTable[] => inNewDatabase(tablesOf);

/** Runs a function on a new heddle.db in memory. */
export function inNewDatabase<T>(ask: (connection: Database.Database) => T): T {
  const made = new Database(':memory:');
  try {
    migrate(made, ':memory:');
    return ask(made);
  } finally {
    made.close();
  }
}

const columnsOf = (connection: Database.Database, table: string): readonly string[] =>
  connection.prepare<[string], string>('SELECT name FROM pragma_table_info(?) ORDER BY cid').pluck().all(table);

/** Reads the rows of heddle.db. */
export function sqliteRows(
  { connection, file }: { readonly connection: Database.Database; readonly file: string },
  tables: readonly MovedTable[],
): RowSource {
  const readers = new Map(tables.map((table) => [table.name, readerOf(connection, table)]));
  return {
    name: file,
    async read(table, after) {
      // Reading a batch blocks the event loop, so other work runs between batches.
      await yieldToEventLoop();
      return withStorageErrors(file, () => readers.get(table)?.(after) ?? { rows: [], after: undefined });
    },
    numbers: () => Promise.resolve(withStorageErrors(file, () => greatestNumbers(connection))),
  };
}

function readerOf(connection: Database.Database, { name, sqlite }: MovedTable): (after: string | undefined) => Batch {
  const key = keyOf(connection, name);
  const selected = [
    ...sqlite.read.map((column) => quoted(column)),
    ...key.map((column, at) => `${quoted(column)} AS key_${at}`),
  ];
  const order = key.map(quoted).join(', ');
  const select = (where: string): Database.Statement<Cell[], Record<string, Cell>> =>
    connection.prepare(`SELECT ${selected.join(', ')} FROM ${name} ${where} ORDER BY ${order} LIMIT ${mostRows}`);
  const first = select('');
  const next = select(`WHERE (${order}) > (${key.map(() => '?').join(', ')})`);
  return (after) => {
    const rows: Row[] = [];
    let bytes = 0;
    let last: readonly Cell[] = [];
    for (const found of after === undefined ? first.iterate() : next.iterate(...keyCells(after))) {
      last = key.map((_, at) => found[`key_${at}`] ?? null);
      const row = { ...found };
      for (const at of key.keys()) delete row[`key_${at}`];
      bytes += sizeOf(row);
      rows.push(sqlite.fromStored(row));
      if (bytes >= mostBytes) break;
    }
    const isLast = rows.length < mostRows && bytes < mostBytes;
    return { rows, after: isLast ? undefined : keyText(last) };
  };
}

/** Quotes the name of a column, because some names are SQL keywords. An expression is returned unchanged. */
export const quoted = (column: string): string => (/^\w+$/.test(column) ? `"${column}"` : column);

/** Tables with a rowid are read in its order, which is the order in the file. */
function keyOf(connection: Database.Database, table: MovedTableName): readonly string[] {
  const isOrdered = connection
    .prepare<[string], number>("SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?")
    .pluck()
    .get(table);
  if (isOrdered === 0) return ['rowid'];
  return connection
    .prepare<[string], string>('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk')
    .pluck()
    .all(table);
}

/** SQLite remembers the greatest number only for AUTOINCREMENT tables. */
function greatestNumbers(connection: Database.Database): ReadonlyMap<string, number> {
  const rows = connection.prepare<[], { name: string; seq: number }>('SELECT name, seq FROM sqlite_sequence').all();
  return new Map(rows.map(({ name, seq }) => [name, seq]));
}
