import type { DataFolderLock } from '@heddle/adapters/database';
import type { Log } from '../../common/log.js';

/** Who opens the data folder, and how. */
export interface OpenOptions {
  readonly kind: 'server' | 'command';
  /** How many milliseconds to wait for another command that has locked the folder. */
  readonly waitMs?: number;
  /** Also opens a folder that lacks records or their anchor, for commands that show the loss and let a person accept it. */
  readonly takesLoss?: boolean;
  /** Also opens a folder whose data was moved away, for the move that has to be finished. */
  readonly isMoving?: boolean;
  /** The lock of the folder, if the caller already holds it and keeps it. */
  readonly lock?: DataFolderLock;
  readonly log?: Log;
  /** For tests: whether a Postgres server may lose commits when its machine crashes. */
  readonly mayLose?: boolean;
  /** The environment variables with secrets of nodes. Default: those of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}
