import type { MovedTableName } from '../moved-tables.js';
import type { Row } from './row-forms.js';

/** Consecutive rows of a table. */
export interface Batch {
  readonly rows: readonly Row[];
  /** The key of the last row as text; undefined if there are no more rows. */
  readonly after: string | undefined;
}

/** Reads the rows of a database in the common form. */
export interface RowSource {
  /** The database in messages: a folder, or a server without its password. */
  readonly name: string;
  /** Reads the rows after a key, in the order of their keys. Errors: `storage_*`, `database_*`. */
  read(table: MovedTableName, after: string | undefined): Promise<Batch>;
  /** The greatest row number ever assigned, by table, if known. */
  numbers(): Promise<ReadonlyMap<string, number>>;
}

/** The progress of copying a table. */
export interface TableProgress {
  /** The key of the last stored row in the source. */
  readonly after: string | undefined;
  readonly rows: number;
  readonly isDone: boolean;
}

/** The target database of a move. */
export interface RowTarget extends RowSource {
  /** The tables in an order in which each comes after the tables that it refers to. */
  order(): Promise<readonly MovedTableName[]>;
  progress(): Promise<ReadonlyMap<string, TableProgress>>;
  /**
   * Stores rows and the progress of the table in one transaction. If an earlier attempt has stored them already, nothing is stored again.
   */
  write(table: MovedTableName, rows: readonly Row[], before: TableProgress, now: TableProgress): Promise<void>;
  startOver(): Promise<void>;
}

interface MoveProgress {
  readonly step: 'read' | 'files' | 'copy' | 'prove';
  /** Empty for files. */
  readonly table: string;
  /** The number of rows in all tables so far, or of files. */
  readonly done: number;
  readonly total: number | undefined;
}

export type OnProgress = (progress: MoveProgress) => void;
