import type { Query } from '../../postgres/query.js';
import { keyCells, keyText, mostBytes, sizeOf } from './keys.js';
import type { MovedTableName } from '../moved-tables.js';
import type { Cell, MovedTable, Row } from './row-forms.js';
import type { Batch, RowSource } from './row-store.js';

interface PostgresColumn {
  readonly name: string;
  readonly type: string;
  readonly isIdentity: boolean;
}

export interface PostgresTable {
  readonly columns: ReadonlyMap<string, PostgresColumn>;
  /** The columns of its primary key; empty if it has none. */
  readonly key: readonly string[];
}

/** Reads the columns and keys of all tables in a schema. */
export async function readCatalogue(query: Query, schema: string): Promise<ReadonlyMap<string, PostgresTable>> {
  const rows = await query<PostgresColumn & { readonly table: string; readonly position: number | null }>(
    `SELECT c.relname AS "table", a.attname AS name, format_type(a.atttypid, NULL) AS type, a.attidentity <> '' AS "isIdentity",
       array_position(i.indkey::int2[], a.attnum) AS position
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
     WHERE c.relnamespace = to_regnamespace($1) AND c.relkind IN ('r', 'p') ORDER BY c.relname, a.attnum`,
    [schema],
  );
  const tables = new Map<string, { columns: Map<string, PostgresColumn>; key: [number, string][] }>();
  for (const { table, position, ...column } of rows) {
    const found = tables.get(table) ?? { columns: new Map<string, PostgresColumn>(), key: [] };
    tables.set(table, found);
    found.columns.set(column.name, column);
    if (position !== null) found.key.push([position, column.name]);
  }
  return new Map(
    [...tables].map(([name, { columns, key }]) => [
      name,
      { columns, key: key.toSorted(([one], [other]) => one - other).map(([, column]) => column) },
    ]),
  );
}

/** How many rows are requested at first. The number then adapts to their size. */
const firstRows = 64;
const mostRows = 2_000;

/** Reads the rows of Heddle's tables in Postgres. */
export function postgresRows(
  query: Query,
  tables: readonly MovedTable[],
  options: { readonly name: string; readonly schema: string; readonly catalogue: ReadonlyMap<string, PostgresTable> },
): RowSource {
  const { name: server, schema, catalogue } = options;
  const byName = new Map(tables.map((table) => [table.name, table]));
  const wanted = new Map<MovedTableName, number>();
  return {
    name: server,
    async read(name, after) {
      const table = byName.get(name);
      const stored = catalogue.get(name);
      if (table === undefined || stored === undefined) return { rows: [], after: undefined };
      const limit = wanted.get(name) ?? firstRows;
      const batch = await readBatch(query, { table, stored, after, limit });
      wanted.set(name, nextLimit(limit, batch.bytes));
      return batch;
    },
    numbers: async () => new Map(await greatestNumbers(query, schema)),
  };
}

async function readBatch(
  query: Query,
  {
    table,
    stored,
    after,
    limit,
  }: {
    readonly table: MovedTable;
    readonly stored: PostgresTable;
    readonly after: string | undefined;
    readonly limit: number;
  },
): Promise<Batch & { readonly bytes: number }> {
  const { name, postgres } = table;
  const { key } = stored;
  const columns = [
    ...postgres.read.map((column) => `"${column}"`),
    ...key.map((column, at) => `"${column}" AS key_${at}`),
  ];
  const order = key.map((column) => `"${column}"`).join(', ');
  const values = after === undefined ? [] : keyCells(after);
  const bounds = values.map((_, at) => `$${at + 1}::${stored.columns.get(key[at] ?? '')?.type ?? 'text'}`).join(', ');
  const conditions = [
    ...(postgres.where === undefined ? [] : [postgres.where]),
    ...(after === undefined ? [] : [`(${order}) > (${bounds})`]),
  ];
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  // Tables without a key have few rows, so they are read at once.
  const part = key.length === 0 ? '' : `ORDER BY ${order} LIMIT ${limit}`;
  const found = await query<Record<string, Cell>>(`SELECT ${columns.join(', ')} FROM ${name} ${where} ${part}`, values);
  let bytes = 0;
  const rows = found.map((all): Row => {
    const row = { ...all };
    for (const at of key.keys()) delete row[`key_${at}`];
    bytes += sizeOf(row);
    return postgres.fromStored(row);
  });
  const last = found.at(-1);
  const isLast = key.length === 0 || last === undefined || found.length < limit;
  return { rows, bytes, after: isLast ? undefined : keyText(key.map((_, at) => last[`key_${at}`] ?? null)) };
}

function nextLimit(limit: number, bytes: number): number {
  if (bytes > mostBytes) return Math.max(1, Math.floor(limit / 4));
  return bytes * 4 < mostBytes ? Math.min(mostRows, limit * 2) : limit;
}

async function greatestNumbers(query: Query, schema: string): Promise<readonly (readonly [string, number])[]> {
  const rows = await query<{ readonly table: string; readonly last: number }>(
    `SELECT t.relname AS "table", coalesce(s.last_value, 0) AS last
     FROM pg_sequences s JOIN pg_class q ON q.relname = s.sequencename AND q.relnamespace = to_regnamespace($1)
       JOIN pg_depend d ON d.objid = q.oid AND d.deptype = 'i' JOIN pg_class t ON t.oid = d.refobjid
     WHERE s.schemaname = $1`,
    [schema],
  );
  return rows.map(({ table, last }) => [table, last] as const);
}
