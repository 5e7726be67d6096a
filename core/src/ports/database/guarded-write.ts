import type { HeddleError } from '../../errors/heddle-error.js';

/** A column value that every database accepts. JSON is stored as text, a boolean as 1 or 0. */
export type StoredValue = string | number | null | Uint8Array;

/** The values of a statement's parameters, by name: `id` for `@id`. */
export type StatementValues = Readonly<Record<string, StoredValue>>;

/** How many rows a statement must change or find. A number means exactly that many. */
type ExpectedRows = number | { readonly least?: number; readonly most?: number };

/**
 * A write as data: a statement, the number of rows that it must change or find, and the error if it does not. An operation first reads,
 * then collects its writes; one commit runs them all in a single transaction or runs none.
 *
 * Data may change between the read and the commit, so the write itself must check whatever must still be true: with a condition (`WHERE`),
 * with `ON CONFLICT DO NOTHING` and one expected row, or with a `SELECT` that must find something. Each statement sees what was committed
 * before it started. Operations that could conflict first write one shared row (see `lock`): the second then waits for the first and sees
 * its changes.
 */
export interface GuardedWrite {
  /** An `INSERT`, `UPDATE`, `DELETE` or `SELECT` in the SQL that all databases share (see decision 0083), without `RETURNING`. */
  readonly sql: string;
  readonly values: StatementValues;
  /** Default: any number. */
  readonly rows?: ExpectedRows;
  /** Creates the error that is thrown if the number of rows differs from `rows`. Default: `conflict`. */
  readonly otherwise?: () => HeddleError;
  /** The in-memory copies of this topic are read again after the commit (see `Tables.watch` and `Tables.keep`). */
  readonly topic?: CachedTopic;
  /** The key of the kept rows that it changes (see `CachedTable.key`). Default: any key. */
  readonly touches?: readonly string[];
  /**
   * The removed or replaced data must be erased physically, such as texts that people wrote: a database in a file overwrites it on disk
   * (see `Tables.emptyLog`).
   */
  readonly overwrites?: boolean;
}

/** Commits the writes of an operation, usually together with the audit event for what it made. */
export type CommitOf<Made> = (writes: readonly GuardedWrite[], made: Made) => Promise<void>;

/** Topics of the tables that processes cache in memory. */
export type CachedTopic = 'budgets' | 'deletions' | 'grants' | 'kill switches' | 'owned' | 'users';

/** Whether a number of rows matches the expectation. */
export function isExpected(touched: number, rows: ExpectedRows | undefined): boolean {
  const { least, most } = boundsOf(rows);
  return touched >= least && touched <= most;
}

/** Returns the smallest and the largest expected number of rows. */
export function boundsOf(rows: ExpectedRows | undefined): { readonly least: number; readonly most: number } {
  if (typeof rows === 'number') return { least: rows, most: rows };
  return { least: rows?.least ?? 0, most: rows?.most ?? Number.MAX_SAFE_INTEGER };
}
