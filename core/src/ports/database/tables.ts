import type { CachedTopic, GuardedWrite, StatementValues } from './guarded-write.js';
import type { KeptRows, KeptTable } from './kept-rows.js';

/**
 * The tables of Heddle, on any database. Reads are asynchronous; writes are data (see `GuardedWrite`), so that an operation of several stores is one
 * transaction on each database.
 */
export interface Tables {
  /** The rows of a `SELECT`. Errors: `storage_*`, `database_*`. */
  all<Row>(sql: string, values?: StatementValues): Promise<readonly Row[]>;
  /** Its first row. */
  get<Row>(sql: string, values?: StatementValues): Promise<Row | undefined>;
  /**
   * A read that almost every request asks. A database with one writer remembers the answer until anything is written.
   *
   * @example const byHash = tables.lookup<Row>('SELECT * FROM api_keys WHERE hash = @hash');
   */
  lookup<Row>(sql: string): (values: StatementValues) => Promise<Row | undefined>;
  /**
   * Runs writes in their order, in one transaction that survives a power loss. If one fails, none is kept. Without writes nothing happens.
   *
   * Errors: those of the writes; `conflict` for a row whose other row was removed meanwhile, or whose name another row has; `storage_*`, `database_*`.
   */
  commit(writes: readonly GuardedWrite[]): Promise<void>;
  /** The same for what may be lost with the power, such as the time of the last use. */
  note(writes: readonly GuardedWrite[]): Promise<void>;
  /** Resolves once everything that was read before survives a power loss. Errors: `storage_*`. */
  flushed(): Promise<void>;
  /** Empties the log of a database in a file: it has what was overwritten before. Errors: `storage_*`. */
  emptyLog(): Promise<void>;
  /** Calls the listener after each commit with a write of the topic, before the promise of the commit resolves. Returns a function that ends it. */
  watch(topic: CachedTopic, listener: () => void): () => void;
  /**
   * Rows that are asked without a wait. What this process commits counts at once, what another one commits within a second.
   * Every write to the table needs its topic. Before the first question, `refresh` must have read them.
   */
  keep<Row>(table: KeptTable): KeptRows<Row>;
  /** Reads what is kept and was changed by other processes. Errors: `storage_*`, `database_*`. */
  refresh(): Promise<void>;
}
