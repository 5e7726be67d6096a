import Database from 'better-sqlite3';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { HeddleDatabase } from './open-database.js';
import { withStorageErrors } from './storage-error.js';

/** A table and those of its columns that may name blobs. */
interface TextColumns {
  readonly table: string;
  readonly columns: readonly string[];
  /** Whether the table has rowids; tables without them are small here and read as a whole. */
  readonly hasRows: boolean;
}

const rowsAtOnce = 200;
const blobId = /sha256:[0-9a-f]{64}/g;

/**
 * Yields every blob that the database refers to, in any table and text column. References inside values count like columns of their own,
 * and a table that is added later needs no change here. Reads small pages through a separate connection.
 *
 * Errors: `storage_*`.
 */
export async function referredBlobs(
  { file }: Pick<HeddleDatabase, 'file'>,
  except: readonly string[] = [],
  /** Stops reading, with its reason. */
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  const connection = withStorageErrors(file, () => new Database(file, { readonly: true, fileMustExist: true }));
  try {
    const found = new Set<string>();
    for (const path of withStorageErrors(file, () => textColumnsOf(connection))) {
      if (except.includes(path.table)) continue;
      for (const texts of textsOf(connection, path)) {
        for (const text of texts) for (const [id] of text.matchAll(blobId)) found.add(id);
        await yieldToEventLoop();
        signal?.throwIfAborted();
      }
    }
    return found;
  } finally {
    connection.close();
  }
}

function textColumnsOf(connection: Database.Database): TextColumns[] {
  const tables = connection
    .prepare<[], { name: string; wr: number }>(
      "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'",
    )
    .all();
  const textColumns = connection
    .prepare<[string], string>("SELECT name FROM pragma_table_info(?) WHERE type = 'TEXT'")
    .pluck();
  return tables
    .map(({ name, wr }) => ({ table: name, columns: textColumns.all(name), hasRows: wr === 0 }))
    .filter(({ columns }) => columns.length > 0);
}

/** The texts of a table that name a blob, page by page. */
function* textsOf(
  connection: Database.Database,
  { table, columns, hasRows }: TextColumns,
): Generator<readonly string[]> {
  const text = columns.map((column) => `coalesce("${column}", '')`).join(" || ' ' || ");
  const names = columns.map((column) => `instr("${column}", 'sha256:') > 0`).join(' OR ');
  if (!hasRows) {
    yield connection.prepare<[], string>(`SELECT ${text} FROM "${table}" WHERE ${names}`).pluck().all();
    return;
  }
  const last = connection.prepare<[], number | null>(`SELECT max(rowid) FROM "${table}"`).pluck().get() ?? 0;
  const page = connection
    .prepare<[number, number], string>(`SELECT ${text} FROM "${table}" WHERE rowid > ? AND rowid <= ? AND (${names})`)
    .pluck();
  for (let row = 0; row < last; row += rowsAtOnce) yield page.all(row, row + rowsAtOnce);
}
