import type { HeddleError } from '../../errors/heddle-error.js';

/** What a column holds, as every database takes it. JSON stands as text; what is true or false, as 1 or 0. */
export type StoredValue = string | number | null | Uint8Array;

/** The values of a statement by the names of its parameters, such as `id` for `@id`. */
export type StatementValues = Readonly<Record<string, StoredValue>>;

/** How many rows a statement must touch or find. A number means exactly so many. */
type ExpectedRows = number | { readonly least?: number; readonly most?: number };

/**
 * A write as data: a statement, what it must touch, and the error where it does not. An operation gathers its writes after its reads, and one
 * commit runs all of them in one transaction, or none.
 *
 * What was true when the operation read may have changed since, so what must still be true stands in the write: a condition (`WHERE`), `ON CONFLICT DO
 * NOTHING` with one expected row, or a `SELECT` that must find something. Each statement sees what was committed before it began. Operations that
 * may exclude each other first write one common row (see `lock`): the second waits for the first, then sees what it did.
 */
export interface GuardedWrite {
  /** An `INSERT`, `UPDATE`, `DELETE` or `SELECT` in the SQL that all databases share (see decision 0083), without `RETURNING`. */
  readonly sql: string;
  readonly values: StatementValues;
  /** Left out: any number. */
  readonly rows?: ExpectedRows;
  /** The error where it touches other than `rows`; default: `conflict`. */
  readonly otherwise?: () => HeddleError;
  /** What is kept in memory of its table is read again after the commit (see `Tables.watch` and `Tables.keep`). */
  readonly topic?: CachedTopic;
  /** The key of the kept rows that it touches (see `KeptTable.key`); left out: any. */
  readonly touches?: readonly string[];
  /** What it removes or replaces is erased, such as what people wrote: a database in a file overwrites it there (see `Tables.emptyLog`). */
  readonly overwrites?: boolean;
}

/** Commits the writes of an operation, such as with the audit event of what it makes. */
export type CommitOf<Made> = (writes: readonly GuardedWrite[], made: Made) => Promise<void>;

/** Tables of which processes keep copies in memory. */
export type CachedTopic = 'budgets' | 'deletions' | 'grants' | 'kill switches' | 'owned' | 'users';

/** Whether a number of rows is what was expected. */
export function isExpected(touched: number, rows: ExpectedRows | undefined): boolean {
  const { least, most } = boundsOf(rows);
  return touched >= least && touched <= most;
}

/** The smallest and the largest expected number of rows. */
export function boundsOf(rows: ExpectedRows | undefined): { readonly least: number; readonly most: number } {
  if (typeof rows === 'number') return { least: rows, most: rows };
  return { least: rows?.least ?? 0, most: rows?.most ?? Number.MAX_SAFE_INTEGER };
}
