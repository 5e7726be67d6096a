import { statSync } from 'node:fs';
import { HeddleError } from '@heddle/core';
import { withStorageErrors } from '../storage-error.js';

/**
 * Checks whether a path still leads to the same file or folder. If another program removes or replaces an open file,
 * Heddle does not notice, and everything that it writes to that file is lost. The guard never opens the file: closing it again would give
 * up SQLite's locks on it.
 */
export interface FileGuard {
  /**
   * Errors: `storage_failed` while the file is missing or another one, `storage_corrupt` from the moment on when it is shorter than it was. What is
   * not there at first is looked at as soon as it is.
   */
  check(): void;
  /** It was made shorter on purpose. */
  allowShorter(): void;
}

interface GuardOptions {
  /** It may become as short as this by itself. Default: it never becomes shorter. */
  readonly mayShrinkTo?: number;
  readonly isFolder?: boolean;
}

/** @example guardFile(join(folder, 'heddle.db')).check() */
export function guardFile(path: string, { mayShrinkTo = Infinity, isFolder = false }: GuardOptions = {}): FileGuard {
  let inode: number | undefined;
  let size = 0;
  /** Stays: what is written to a file that was cut may give it its old length again. */
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
