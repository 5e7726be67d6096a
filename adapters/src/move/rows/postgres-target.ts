import { HeddleError } from '@heddle/core';
import type { PostgresDatabase } from '../../postgres/open-postgres.js';
import type { Query } from '../../postgres/query.js';
import { movedTables, type MovedTableName } from '../moved-tables.js';
import { postgresRows, readCatalogue, type PostgresTable } from './postgres-rows.js';
import { refusedText } from './refused-text.js';
import type { Cell, MovedTable, Row } from './row-forms.js';
import type { RowTarget, TableProgress } from './row-store.js';

/** Heddle's tables in Postgres as the target of a move. */
export interface PostgresTarget extends RowTarget {
  filled(): Promise<readonly string[]>;
  /** Sets the sequences for row numbers past all existing rows and past the numbers of the source, and enables the triggers again. */
  finish(query: Query, numbers: ReadonlyMap<string, number>): Promise<void>;
}

/** Rows that every new database has. */
const own: Readonly<Record<string, string>> = { projects: "id = 'default'" };

/** Tables that are not copied. Rows in them show that a server has used the database. */
const ofServers = ['audit_entries', 'commands', 'workers'];

/** Opens the target. @example const target = await openPostgresTarget(database, tables); */
export async function openPostgresTarget(
  database: PostgresDatabase,
  tables: readonly MovedTable[],
): Promise<PostgresTarget> {
  const { schema, host } = database;
  const ask: Query = (sql, values = []) => database.run({ sql, values });
  const catalogue = await readCatalogue(ask, schema);
  const byName = new Map(tables.map((table) => [table.name, table]));
  return {
    ...postgresRows(ask, tables, { name: `Postgres at ${host}`, schema, catalogue }),
    order: () => orderOf(ask, schema),
    progress: () => readProgress(ask),
    async filled() {
      const names: string[] = [];
      for (const name of [...movedTables, ...ofServers]) {
        const but = own[name] === undefined ? '' : `WHERE NOT (${own[name]})`;
        if ((await ask(`SELECT 1 FROM ${name} ${but} LIMIT 1`)).length > 0) names.push(name);
      }
      return names;
    },
    async write(name, rows, before, now) {
      const table = byName.get(name);
      const stored = catalogue.get(name);
      if (table === undefined || stored === undefined)
        throw new HeddleError('internal', `There is no table '${name}'.`);
      const insert = rows.length === 0 ? undefined : insertOf(table, stored, rows);
      await database.transaction(async (query) => {
        if (!(await advance(query, name, before, now))) return;
        if (insert !== undefined) await query(insert.sql, insert.values);
      });
    },
    startOver: () => database.transaction((query) => empty(query, schema)),
    async finish(query, numbers) {
      await setNumbers(query, catalogue, numbers);
      for (const name of await withTriggers(query, schema)) await query(`ALTER TABLE ${name} ENABLE TRIGGER USER`);
      await query('DELETE FROM move_tables');
    },
  };
}

/** Removes all rows that a move copies, and disables the triggers until `finish`: they would write rows of their own. */
export async function empty(query: Query, schema: string): Promise<void> {
  for (const name of await withTriggers(query, schema)) await query(`ALTER TABLE ${name} DISABLE TRIGGER USER`);
  await query(`TRUNCATE ${[...movedTables, 'move_tables'].join(', ')}`);
}

/** The tables with triggers, which write other rows or refuse changes. */
const withTriggers = async (query: Query, schema: string): Promise<readonly string[]> =>
  (
    await query<{ readonly name: string }>(
      `SELECT DISTINCT c.relname AS name FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
       WHERE NOT t.tgisinternal AND c.relnamespace = to_regnamespace($1)`,
      [schema],
    )
  ).map(({ name }) => name);

async function readProgress(query: Query): Promise<ReadonlyMap<string, TableProgress>> {
  const rows = await query<{ name: string; after: string | null; rows: number; isDone: boolean }>(
    'SELECT name, after, rows, is_done AS "isDone" FROM move_tables',
  );
  return new Map(rows.map(({ name, after, ...rest }) => [name, { after: after ?? undefined, ...rest }]));
}

/** Stores the progress of a table. Returns false if an earlier attempt whose answer was lost has already stored it. */
async function advance(query: Query, name: string, before: TableProgress, now: TableProgress): Promise<boolean> {
  const rows = await query(
    `INSERT INTO move_tables AS m (name, after, rows, is_done) VALUES ($1, $2, $3, $4)
     ON CONFLICT (name) DO UPDATE SET after = EXCLUDED.after, rows = EXCLUDED.rows, is_done = EXCLUDED.is_done
       WHERE m.rows = $5 AND m.after IS NOT DISTINCT FROM $6::text AND NOT m.is_done
     RETURNING 1`,
    [name, now.after ?? null, now.rows, now.isDone, before.rows, before.after ?? null],
  );
  return rows.length > 0;
}

/** Builds one statement for all rows, with each column as an array. */
function insertOf(
  { name, postgres }: MovedTable,
  { columns }: PostgresTable,
  rows: readonly Row[],
): { readonly sql: string; readonly values: readonly unknown[] } {
  const stored = rows.map((row) => {
    const made = postgres.toStored(row);
    const refused = refusedText(made);
    if (refused !== undefined)
      throw new HeddleError('move_blocked', `Postgres does not accept the column ${refused} of a row of ${name}.`, {
        details: { table: name, column: refused },
      });
    return made;
  });
  const types = postgres.write.map((column) => columns.get(column));
  const lists = types.map((column, at) => `$${at + 1}::${column?.type ?? 'text'}[]`).join(', ');
  const names = postgres.write.map((column) => `"${column}"`).join(', ');
  const overriding = types.some((column) => column?.isIdentity === true) ? 'OVERRIDING SYSTEM VALUE' : '';
  return {
    sql: `INSERT INTO ${name} (${names}) ${overriding} SELECT * FROM unnest(${lists})`,
    values: postgres.write.map((column) => stored.map((row): Cell => row[column] ?? null)),
  };
}

/** The tables in an order in which each comes after the tables that it refers to. */
async function orderOf(query: Query, schema: string): Promise<readonly MovedTableName[]> {
  const references = await query<{ readonly from: string; readonly to: string }>(
    `SELECT f.relname AS "from", t.relname AS "to" FROM pg_constraint c JOIN pg_class f ON f.oid = c.conrelid JOIN pg_class t ON t.oid = c.confrelid
     WHERE c.contype = 'f' AND c.connamespace = to_regnamespace($1) AND f.oid <> t.oid`,
    [schema],
  );
  const ordered: MovedTableName[] = [];
  const waiting = new Set<MovedTableName>(movedTables);
  while (waiting.size > 0) {
    const free = [...waiting].filter(
      (name) => !references.some(({ from, to }) => from === name && [...waiting].some((other) => other === to)),
    );
    if (free.length === 0) return [...ordered, ...waiting];
    for (const name of free) waiting.delete(name);
    ordered.push(...free);
  }
  return ordered;
}

async function setNumbers(
  query: Query,
  catalogue: ReadonlyMap<string, PostgresTable>,
  numbers: ReadonlyMap<string, number>,
): Promise<void> {
  for (const name of movedTables)
    for (const { name: column, isIdentity } of catalogue.get(name)?.columns.values() ?? [])
      if (isIdentity)
        await query(
          `SELECT setval(pg_get_serial_sequence($1, $2), greatest(1, $3::bigint, coalesce(max("${column}"), 0)),
             greatest($3::bigint, coalesce(max("${column}"), 0)) > 0) FROM ${name}`,
          [name, column, numbers.get(name) ?? 0],
        );
}
