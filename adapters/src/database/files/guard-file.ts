import { statSync } from 'node:fs';
import { HeddleError } from '@heddle/core';
import { withStorageErrors } from '../storage-error.js';

/**
 * Checks whether a path still leads to the same file or folder. If another program removes or replaces an open file, Heddle does not
 * notice, and everything that it writes to that file is lost. The guard never opens the file, because closing it again would release
 * SQLite's locks on it.
 */
export interface FileGuard {
  /**
   * Errors: `storage_failed` while the file is missing or a different one; `storage_corrupt` once it was found shorter than before. A file
   * that does not exist at first is guarded from the check that finds it.
   */
  check(): void;
  /** Accepts that the file was made shorter on purpose. */
  allowShorter(): void;
}

interface GuardOptions {
  /** Bytes to which the file may shrink by itself. Default: it never becomes shorter. */
  readonly mayShrinkTo?: number;
  readonly isFolder?: boolean;
}

/**
 * Creates a guard for a path.
 *
 * @example guardFile(join(folder, 'heddle.db')).check()
 */
export function guardFile(path: string, { mayShrinkTo = Infinity, isFolder = false }: GuardOptions = {}): FileGuard {
  let inode: number | undefined;
  let size = 0;
  /** Never reset: later writes may give a file that was cut its old length again. */
  let cut: HeddleError | undefined;
  return {
    check() {
      if (cut !== undefined) throw cut;
      const found = withStorageErrors(path, () => statSync(path, { throwIfNoEntry: false }));
      if (inode === undefined) inode = found?.ino;
      else if (found?.ino !== inode) throw replaced(path);
      if (found === undefined || isFolder) return;
      if (found.size < Math.min(size, mayShrinkTo)) throw (cut = truncated(path, size, found.size));
      size = found.size;
    },
    allowShorter: () => void (size = 0),
  };
}

function replaced(path: string): HeddleError {
  return new HeddleError(
    'storage_failed',
    `${path} was moved, removed or replaced while Heddle was running: put it back and restart Heddle, or restore a backup with heddle restore.`,
    { details: { place: path } },
  );
}

function truncated(path: string, before: number, now: number): HeddleError {
  return new HeddleError(
    'storage_corrupt',
    `${path} was cut from ${before} to ${now} bytes while Heddle was running: stop Heddle, keep a copy of the folder, and restore a backup with heddle restore.`,
    { details: { place: path, before, now } },
  );
}
