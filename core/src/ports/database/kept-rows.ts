import type { CachedTopic } from './guarded-write.js';

/** Rows that every process keeps in memory. */
export interface KeptTable {
  readonly topic: CachedTopic;
  readonly table: string;
  /** The columns of a row, as in a `SELECT`. */
  readonly columns: string;
  /** The columns by which rows are asked: texts. */
  readonly key: readonly string[];
  /** Which rows are kept, as in a `WHERE`; left out: all. */
  readonly only?: string;
  /** The columns by which rows are sorted. */
  readonly order: readonly string[];
}

/** Rows that are asked without a wait (see `Tables.keep`). */
export interface KeptRows<Row> {
  /** The rows with these values of the key. Errors: `database_unreachable` while the database has not confirmed them for 10 s. */
  of(...key: readonly string[]): readonly Row[];
  /** All rows. Errors: as `of`. */
  all(): readonly Row[];
  /** Another number after each change. */
  readonly revision: number;
}
