import { HeddleError, type ErrorCode } from '@heddle/core';

/** What a code of SQLite or of the file system means to people: our code, and what to do next. */
interface Meaning {
  readonly code: ErrorCode;
  readonly advice: string;
}

const full: Meaning = {
  code: 'storage_full',
  advice:
    'The disk is full: free some space. A Heddle that runs goes on by itself then; one that did not start is started again.',
};
const readOnly: Meaning = {
  code: 'storage_read_only',
  advice:
    'It cannot be written: check the owner and the permissions of the folder, or choose another with HEDDLE_DATA.',
};
const corrupt: Meaning = {
  code: 'storage_corrupt',
  advice: 'It is damaged: stop Heddle, keep a copy of the folder, and restore a backup with heddle restore.',
};
const locked: Meaning = {
  code: 'storage_locked',
  advice: 'Another process holds it: stop that process, or wait until it has ended.',
};
const failed: Meaning = {
  code: 'storage_failed',
  advice: 'The disk does not answer as it should: check it and its connection.',
};

/** Longest prefix first, because SQLite's extended codes begin with the plain ones. */
const meanings: readonly (readonly [prefix: string, meaning: Meaning])[] = [
  ['SQLITE_FULL', full],
  ['SQLITE_READONLY', readOnly],
  ['SQLITE_CANTOPEN', readOnly],
  ['SQLITE_PERM', readOnly],
  ['SQLITE_AUTH', readOnly],
  ['SQLITE_CORRUPT', corrupt],
  ['SQLITE_NOTADB', corrupt],
  ['SQLITE_BUSY', locked],
  ['SQLITE_LOCKED', locked],
  // What SQLite says where a quota or a limit of the process stops a write in its middle.
  ['SQLITE_IOERR_WRITE', full],
  ['SQLITE_IOERR', failed],
  ['ENOSPC', full],
  ['EDQUOT', full],
  ['EFBIG', full],
  ['EROFS', readOnly],
  ['EACCES', readOnly],
  ['EPERM', readOnly],
  ['ENOTDIR', readOnly],
  ['EEXIST', readOnly],
  ['EIO', failed],
];

/** The code of anything thrown: `SQLITE_…`, an errno name, or undefined. Not by class, because errors cross realms. */
export function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

/** An error of SQLite or of the file system as the HeddleError that says what to do; undefined for any other error. */
export function storageErrorOf(error: unknown, place: string): HeddleError | undefined {
  const cause = codeOf(error);
  const meaning = cause === undefined ? undefined : meanings.find(([prefix]) => cause.startsWith(prefix))?.[1];
  if (meaning === undefined) return undefined;
  return new HeddleError(meaning.code, `${place}: ${meaning.advice} (${messageOf(error)})`, {
    cause: error,
    details: { place, cause },
  });
}

/** Turns an error of SQLite or of the file system into the HeddleError that says what to do; `place` is the file or folder. */
export function toStorageError(error: unknown, place: string): HeddleError {
  if (error instanceof HeddleError) return error;
  return storageErrorOf(error, place) ?? new HeddleError('internal', `${place}: ${messageOf(error)}`, { cause: error });
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}

/** Runs work on storage and gives its errors as HeddleErrors. */
export function withStorageErrors<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toStorageError(error, place);
  }
}
