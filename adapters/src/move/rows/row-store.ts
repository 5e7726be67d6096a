import type { MovedTableName } from '../moved-tables.js';
import type { Row } from './row-forms.js';

/** Rows that follow each other. */
export interface Batch {
  readonly rows: readonly Row[];
  /** The key of the last row, as text; undefined where no rows follow. */
  readonly after: string | undefined;
}

/** The rows of a database, as both databases understand them. */
export interface RowSource {
  /** The database as messages name it: a folder, or a server without its password. */
  readonly name: string;
  /** Rows in the order of their keys, after a key. Errors: `storage_*`, `database_*`. */
  read(table: MovedTableName, after: string | undefined): Promise<Batch>;
  /** The greatest number that was ever given to a row, by table, where that is known. */
  numbers(): Promise<ReadonlyMap<string, number>>;
}

/** How far a table has come. */
export interface TableProgress {
  /** The key of the last row of the source that is stored. */
  readonly after: string | undefined;
  readonly rows: number;
  readonly isDone: boolean;
}

/** A database that rows arrive in. */
export interface RowTarget extends RowSource {
  /** The tables in an order in which rows come after those that they refer to. */
  order(): Promise<readonly MovedTableName[]>;
  progress(): Promise<ReadonlyMap<string, TableProgress>>;
  /** Stores rows and how far the table has come, in one transaction. Rows that a try before this one has stored are not stored again. */
  write(table: MovedTableName, rows: readonly Row[], before: TableProgress, now: TableProgress): Promise<void>;
  /** Removes every row that has arrived. */
  startOver(): Promise<void>;
}

/** What is copied and proved, for a terminal. */
interface MoveProgress {
  readonly step: 'read' | 'files' | 'copy' | 'prove';
  /** The table; empty for files. */
  readonly table: string;
  /** Rows of all tables so far, or files. */
  readonly done: number;
  readonly total: number | undefined;
}

export type OnProgress = (progress: MoveProgress) => void;
