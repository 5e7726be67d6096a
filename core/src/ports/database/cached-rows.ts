import type { CachedTopic } from './guarded-write.js';

/** A table whose rows every process keeps in memory. */
export interface CachedTable {
  readonly topic: CachedTopic;
  readonly table: string;
  /** The columns to read, as in a `SELECT`. */
  readonly columns: string;
  /** The columns that rows are looked up by; they must contain text. */
  readonly key: readonly string[];
  /** A `WHERE` condition for the rows to keep. Default: all rows. */
  readonly only?: string;
  readonly order: readonly string[];
}

/** Rows that can be read synchronously from memory (see `Tables.keep`). */
export interface CachedRows<Row> {
  /** Returns the rows with these key values. Errors: `database_unreachable` if the database has not confirmed the rows for 10 s. */
  of(...key: readonly string[]): readonly Row[];
  /** Errors: as `of`. */
  all(): readonly Row[];
  /** A number that differs after each change. */
  readonly revision: number;
}
