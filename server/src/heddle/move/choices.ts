import type { OnProgress } from '@heddle/adapters/move';

/** What a person chose for a move. */
export interface MoveChoices {
  /** Whether collections of the data folder may stay behind. */
  readonly leavesCollections: boolean;
  /** Whether large values of runs may be missing. */
  readonly leavesFiles: boolean;
  /** Whether the character 0 may be replaced in texts. */
  readonly replacesText: boolean;
  readonly startsOver: boolean;
  /** The address of a server for collections; without it, the one that the settings name. */
  readonly vectors?: string | undefined;
  /** Whether a Postgres server may lose what it has when its machine ends: for tests. */
  readonly mayLose?: boolean;
  readonly onProgress?: OnProgress | undefined;
  readonly onCollection?: (name: string, documents: number) => void;
}

/** What a move would do, and what stops it. */
export interface MoveCheck {
  readonly from: string;
  readonly to: string;
  readonly rows: number;
  /** Rows of each table that has some. */
  readonly tables: Readonly<Record<string, number>>;
  /** Bytes of the database. */
  readonly bytes: number;
  readonly collections: readonly string[];
  readonly stops: readonly { readonly code: string; readonly message: string }[];
}
