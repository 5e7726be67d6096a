import type { DataFolderLock } from '@heddle/adapters/database';
import type { Log } from '../../common/log.js';

/** Who opens the data folder, and how. */
export interface OpenOptions {
  readonly kind: 'server' | 'command';
  /** Milliseconds to wait for another command that has locked the folder. */
  readonly waitMs?: number;
  /** Also opens a folder that lacks records or their anchor, for commands that show the loss and accept it. */
  readonly takesLoss?: boolean;
  /** Also opens a folder whose data was moved away, for the move that ends there. */
  readonly isMoving?: boolean;
  /** The lock of the folder, where the caller holds it and keeps it. */
  readonly lock?: DataFolderLock;
  readonly log?: Log;
  /** Whether a Postgres server may lose what it has when its machine ends: for tests. */
  readonly mayLose?: boolean;
  /** The environment variables with secrets of nodes; default: those of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}
