import type { CachedRows, CachedTable } from '@heddle/core';
import { cachedTableSql, keyText, keyValues } from '../sql/cached-table-sql.js';
import type { HeddleDatabase } from './open-database.js';
import { withStorageErrors } from './storage-error.js';

/** The most keys; above it, all rows are forgotten. */
const mostKeys = 10_000;

/** Rows of heddle.db that are kept in memory for synchronous reads, and a function that forgets them. */
export interface SqliteCachedRows<Row> extends CachedRows<Row> {
  /** Must be called after each write of the topic. Inside an open transaction nothing is kept, because it may be rolled back. */
  forget(): void;
}

/** Reads rows from heddle.db and keeps them until the next write of the topic. */
export function cacheRows<Row>({ connection, file }: HeddleDatabase, table: CachedTable): SqliteCachedRows<Row> {
  const sql = cachedTableSql(table);
  const all = connection.prepare<[], Row>(sql.all);
  const ofKey = connection.prepare<[Readonly<Record<string, string>>], Row>(sql.ofKey);
  const known = new Map<string, readonly Row[]>();
  let every: readonly Row[] | undefined;
  let revision = 0;
  const read = (work: () => Row[]): readonly Row[] => withStorageErrors(file, work);
  return {
    of(...key) {
      const readKey = (): readonly Row[] => read(() => ofKey.all(keyValues(key)));
      if (connection.inTransaction) return readKey();
      const name = keyText(key);
      const before = known.get(name);
      if (before !== undefined) return before;
      const rows = readKey();
      if (known.size >= mostKeys) known.clear();
      known.set(name, rows);
      return rows;
    },
    all() {
      if (connection.inTransaction) return read(() => all.all());
      return (every ??= read(() => all.all()));
    },
    get revision() {
      return revision;
    },
    forget() {
      known.clear();
      every = undefined;
      revision += 1;
    },
  };
}
