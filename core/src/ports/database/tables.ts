import type { CachedTopic, GuardedWrite, StatementValues } from './guarded-write.js';
import type { CachedRows, CachedTable } from './cached-rows.js';

/**
 * The tables of Heddle, on any database. Reads are asynchronous. Writes are data (see `GuardedWrite`), so an operation on several stores
 * can be one transaction on every database.
 */
export interface Tables {
  /** Returns the rows of a `SELECT`. Errors: `storage_*`, `database_*`. */
  all<Row>(sql: string, values?: StatementValues): Promise<readonly Row[]>;
  /** Returns the first row of a `SELECT`. Errors: as `all`. */
  get<Row>(sql: string, values?: StatementValues): Promise<Row | undefined>;
  /**
   * Prepares a query that almost every request makes. A database with a single writer caches its result until the next write.
   *
   * @example const byHash = tables.lookup<Row>('SELECT * FROM api_keys WHERE hash = @hash');
   */
  lookup<Row>(sql: string): (values: StatementValues) => Promise<Row | undefined>;
  /**
   * Runs writes in order in one transaction that survives a power loss. If one fails, none is kept. Without writes, nothing happens.
   *
   * Errors: those of the writes; `conflict` if a referenced row was removed meanwhile or a unique name is taken; `storage_*`, `database_*`.
   */
  commit(writes: readonly GuardedWrite[]): Promise<void>;
  /** Like `commit`, for data that may be lost in a power failure, such as the time of the last use. */
  note(writes: readonly GuardedWrite[]): Promise<void>;
  /** Resolves when everything that was read before survives a power loss. Errors: `storage_*`. */
  flushed(): Promise<void>;
  /** Empties the log of a database in a file, because the log still contains overwritten data. Errors: `storage_*`. */
  emptyLog(): Promise<void>;
  /**
   * Calls the listener after each commit that contains a write of the topic, before the promise of that commit resolves. Returns a function
   * that stops this.
   */
  watch(topic: CachedTopic, listener: () => void): () => void;
  /**
   * Keeps the rows of a table in memory, so that they can be read synchronously. Commits of this process are visible at once, those of
   * other processes within a second. Every write to the table must name its topic. `refresh` must have run before the first read.
   */
  keep<Row>(table: CachedTable): CachedRows<Row>;
  /** Reads the kept rows that other processes changed. Errors: `storage_*`, `database_*`. */
  refresh(): Promise<void>;
}
