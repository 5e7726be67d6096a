import { yieldToEventLoop } from '../event-loop/in-slices.js';
import type { PostgresDatabase } from './open-postgres.js';
import type { Query } from './query.js';

/** A table with its text columns (as expressions) and its number of blocks. */
interface TextColumns {
  readonly name: string;
  readonly texts: readonly string[];
  readonly blocks: number;
}

/** How many blocks one statement reads: more if it is fast, fewer if the rows are long. */
const blocks = { first: 64, fewest: 8, most: 8_192 } as const;
const quickMs = 200;
const slowMs = 1_000;

/**
 * Finds every blob that any table in the schema refers to, in any column of text or JSON. It reads a snapshot, so it does not miss a
 * reference that moves from one row to another in the meantime. Tables that are added later are included automatically. Errors:
 * `database_*`, `storage_*`.
 */
export async function referredBlobsOnServer(
  database: PostgresDatabase,
  /** Tables that are not searched. */
  except: readonly string[] = [],
  /** Aborts the search with its reason. */
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  const all = await database.transaction(async (query) => {
    await query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const found = new Set<string>();
    for (const table of await textColumnsOf(query, database.schema))
      if (!except.includes(table.name))
        await readTable(query, `${database.schema}."${table.name}"`, table, { found, signal });
    return found;
  });
  // Thrown outside the transaction, which would be retried.
  signal?.throwIfAborted();
  return all;
}

const textColumnsOf = (query: Query, schema: string): Promise<readonly TextColumns[]> =>
  query<TextColumns>(
    `SELECT c.relname AS name, array_agg(format('t.%I::text', a.attname)) AS texts,
        pg_relation_size(c.oid) / current_setting('block_size')::bigint AS blocks
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type e ON e.oid = t.typelem
      WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r'
        AND (t.typcategory = 'S' OR t.typname IN ('json', 'jsonb', 'xml') OR (t.typcategory = 'A' AND e.typcategory = 'S'))
      GROUP BY c.oid, c.relname`,
    [schema],
  );

/** Reads the blocks of a table in order, so each row of the snapshot is found once. */
async function readTable(
  query: Query,
  table: string,
  { texts, blocks: end }: TextColumns,
  { found, signal }: { readonly found: Set<string>; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const names = texts.map((text) => `position('sha256:' in ${text}) > 0`).join(' OR ');
  const sql = `SELECT DISTINCT match.ids[1] AS id FROM ${table} AS t
    CROSS JOIN LATERAL regexp_matches(concat_ws(' ', ${texts.join(', ')}), 'sha256:[0-9a-f]{64}', 'g') AS match(ids)
    WHERE t.ctid >= $1::tid AND t.ctid < $2::tid AND (${names})`;
  let atOnce: number = blocks.first;
  for (let block = 0; block < end;) {
    if (signal?.aborted === true) return;
    const began = performance.now();
    const after = block + atOnce;
    for (const { id } of await query<{ readonly id: string }>(sql, [`(${block},0)`, `(${after},0)`])) found.add(id);
    const ms = performance.now() - began;
    block = after;
    if (ms < quickMs) atOnce = Math.min(blocks.most, atOnce * 2);
    else if (ms > slowMs) atOnce = Math.max(blocks.fewest, Math.floor(atOnce / 4));
    await yieldToEventLoop();
  }
}
