import { HeddleError, type ErrorCode } from '@heddle/core';
import { codeOf } from '../../journal/storage-error.js';

const meanings: readonly (readonly [prefix: string, code: ErrorCode, advice: string])[] = [
  ['SQLITE_FULL', 'storage_full', 'free some space, then try again'],
  ['SQLITE_IOERR_WRITE', 'storage_full', 'free some space, then try again'],
  ['SQLITE_READONLY', 'storage_read_only', 'make the file and its folder writable'],
  ['SQLITE_CANTOPEN', 'storage_read_only', 'make the folder exist and writable'],
  ['SQLITE_PERM', 'storage_read_only', 'make the file and its folder writable'],
  ['EACCES', 'storage_read_only', 'make the file and its folder writable'],
  ['EROFS', 'storage_read_only', 'make the file and its folder writable'],
  ['ENOTDIR', 'storage_read_only', 'name a file in a folder that exists or can be made'],
  ['EEXIST', 'storage_read_only', 'name a file in a folder that exists or can be made'],
  ['ENOSPC', 'storage_full', 'free some space, then try again'],
  ['SQLITE_CORRUPT', 'storage_corrupt', 'restore it from a backup, or move it away and ingest again'],
  ['SQLITE_NOTADB', 'storage_corrupt', 'restore it from a backup, or move it away and ingest again'],
  ['SQLITE_BUSY', 'storage_locked', 'end the other process or wait for it'],
  ['SQLITE_LOCKED', 'storage_locked', 'end the other process or wait for it'],
];

/** Turns what SQLite or the file system throws into a HeddleError that says what to do; other errors pass unchanged. */
export function toStorageError(error: unknown, file: string): unknown {
  const native = error instanceof HeddleError ? undefined : codeOf(error);
  if (native === undefined) return error;
  const meaning = meanings.find(([prefix]) => native.startsWith(prefix));
  if (meaning === undefined) return error;
  return new HeddleError(meaning[1], `The vector file '${file}': ${messageOf(error)}. To go on, ${meaning[2]}.`, {
    cause: error,
    details: { native },
  });
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}
