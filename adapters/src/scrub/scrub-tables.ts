import { hashRow, type AuditRow } from '../audit/audit-chain.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { acceptedColumns, isWholeAcceptance, isWholeBundle, type AcceptedRow } from '../journal/accepted-rows.js';
import { isWhole, recordColumns, type RecordRow } from '../journal/stored-rows.js';
import { isWholeVersion, versionColumns, type StoredVersionRow } from '../stores/workflows/version-rows.js';

/** The tables that the scrub reads, in this order. */
export const tableNames = ['records', 'runs', 'bundles', 'versions', 'audit'] as const;

export type TableName = (typeof tableNames)[number];

/** How many rows are read at once. Together with `bytesAtOnce`, this blocks the event loop for only a millisecond or two. */
export const rowsAtOnce = 200;

interface ExaminedRow {
  readonly key: string;
  readonly bytes: number;
  /** Whether it is unchanged since it was written. */
  readonly isWhole: boolean;
}

interface ExaminedTable {
  /** At most `rowsAtOnce` rows after a key, in the order of their keys. The key '' comes before all others. */
  after(key: string): Iterable<ExaminedRow>;
  at(key: string): ExaminedRow | undefined;
}

type Connection = HeddleDatabase['connection'];

/** Reads a table by its key, which is a number if `first` is one. */
function examinedTable<Row>(
  connection: Connection,
  sql: { readonly columns: string; readonly from: string; readonly key: string; readonly first: number | string },
  examine: (row: Row) => ExaminedRow,
): ExaminedTable {
  const { columns, from, key, first } = sql;
  const after = connection.prepare<[number | string], Row>(
    `SELECT ${columns} FROM ${from} WHERE ${key} > ? ORDER BY ${key} LIMIT ${rowsAtOnce}`,
  );
  const at = connection.prepare<[number | string], Row>(`SELECT ${columns} FROM ${from} WHERE ${key} = ?`);
  const keyOf = (text: string): number | string => (typeof first === 'number' ? Number(text) : text);
  return {
    *after(text) {
      for (const row of after.iterate(text === '' ? first : keyOf(text))) yield examine(row);
    },
    at(text) {
      const row = at.get(keyOf(text));
      return row === undefined ? undefined : examine(row);
    },
  };
}

/** The tables that the scrub reads. @example for (const row of examinedTables(connection).records.after('')) … */
export function examinedTables(connection: Connection): Readonly<Record<TableName, ExaminedTable>> {
  const accepted = acceptedUpTo(connection);
  return {
    records: examinedTable<RecordRow>(
      connection,
      { columns: recordColumns, from: 'records', key: 'number', first: 0 },
      (row) => ({ key: String(row.number), bytes: row.body.length, isWhole: isWhole(row) }),
    ),
    runs: examinedTable<AcceptedRow>(
      connection,
      { columns: acceptedColumns, from: 'runs', key: 'number', first: 0 },
      (row) => ({ key: String(row.number), bytes: row.acceptance.length, isWhole: isWholeAcceptance(row) }),
    ),
    bundles: examinedTable<{ hash: string; content: string }>(
      connection,
      { columns: 'hash, content', from: 'bundles', key: 'hash', first: '' },
      (row) => ({ key: row.hash, bytes: row.content.length, isWhole: isWholeBundle(row) }),
    ),
    versions: examinedTable<StoredVersionRow>(
      connection,
      { columns: versionColumns, from: 'versions', key: 'rowid', first: 0 },
      (row) => ({
        key: String(row.number),
        bytes: row.body.length + row.bundle.length,
        isWhole: isWholeVersion(row),
      }),
    ),
    audit: examinedTable<AuditRow>(connection, { columns: '*', from: 'audit', key: 'number', first: 0 }, (row) => ({
      key: String(row.number),
      bytes: row.details.length,
      isWhole: row.hash === hashRow(row) || row.number <= accepted(),
    })),
  };
}

/** The number of the last audit record that a person accepted as it is, with a reason. Records up to it are not reported again. */
function acceptedUpTo(connection: Connection): () => number {
  const last = connection
    .prepare<[], number | null>(
      "SELECT max(details ->> 'records') FROM audit WHERE subject = 'audit' AND act = 'setting' AND details ->> 'step' = 'accepted as it is'",
    )
    .pluck();
  return () => last.get() ?? 0;
}
