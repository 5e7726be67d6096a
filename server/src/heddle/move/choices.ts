import type { OnProgress } from '@heddle/adapters/move';

/** The options that a person chose for a move. */
export interface MoveChoices {
  /** Whether collections of the data folder may stay behind. */
  readonly leavesCollections: boolean;
  /** Whether the move may go on if large values of runs are missing. */
  readonly leavesFiles: boolean;
  /** Whether NUL characters, which Postgres cannot store, may be replaced in texts. */
  readonly replacesText: boolean;
  readonly startsOver: boolean;
  /** The address of a server for the collections. Default: the one in the settings. */
  readonly vectors?: string | undefined;
  /** For tests: whether a Postgres server may lose commits when its machine crashes. */
  readonly mayLose?: boolean;
  readonly onProgress?: OnProgress | undefined;
  readonly onCollection?: (name: string, documents: number) => void;
}

/** What a move would do, and what prevents it. */
export interface MoveCheck {
  readonly from: string;
  readonly to: string;
  readonly rows: number;
  /** The number of rows in each table that is not empty. */
  readonly tables: Readonly<Record<string, number>>;
  /** The size of the database in bytes. */
  readonly bytes: number;
  readonly collections: readonly string[];
  readonly stops: readonly { readonly code: string; readonly message: string }[];
}
