import { closeSync, fsyncSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { HeddleError, type ErrorCode } from '@heddle/core';

/** The meaning of a code of SQLite or of the file system: our error code, and what to do next. */
interface Meaning {
  readonly code: ErrorCode;
  readonly advice: string;
}

const full: Meaning = {
  code: 'storage_full',
  advice:
    'The disk is full: free some space. A running Heddle then continues by itself; if Heddle did not start, start it again.',
};
const limited: Meaning = {
  code: 'storage_full',
  advice:
    'A quota or a limit of file sizes is reached: raise it, or free some space. A running Heddle then continues by itself.',
};
const mountedReadOnly: Meaning = {
  code: 'storage_read_only',
  advice:
    'The file system is mounted read-only, as the system does after disk errors: check the system log, and mount it for writing again.',
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
  advice:
    'The disk does not respond: check the disk, its connection and the system log. A running Heddle tries again by itself.',
};

/** Longest prefix first, because SQLite's extended codes begin with the primary ones. */
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
  ['SQLITE_IOERR', failed],
  ['ENOSPC', full],
  ['EDQUOT', limited],
  ['EFBIG', limited],
  ['EROFS', mountedReadOnly],
  ['EACCES', readOnly],
  ['EPERM', readOnly],
  ['ENOTDIR', readOnly],
  ['EEXIST', readOnly],
  ['EIO', failed],
];

/** The code of anything thrown: `SQLITE_…`, an errno name, or undefined. It does not check the class, because errors cross realms. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error) || typeof error.code !== 'string')
    return undefined;
  // Node has no name for EDQUOT.
  const isQuota = 'errno' in error && error.errno === -constants.errno.EDQUOT;
  return isQuota ? 'EDQUOT' : error.code;
}

/** Functions that decide whether a file is damaged, by file: SQLite also reports damage if the disk could not read. */
const judges = new Map<string, (error: unknown) => HeddleError>();

/** Registers the function that decides what a report of damage for this file means. Returns a function that removes it. */
export function judgeDamage(file: string, judge: (error: unknown) => HeddleError): () => void {
  judges.set(file, judge);
  return () => {
    if (judges.get(file) === judge) judges.delete(file);
  };
}

function meaningOf(code: string | undefined, path: string): Meaning | undefined {
  if (code === 'SQLITE_IOERR_WRITE') return meaningOfWrite(path);
  return code === undefined ? undefined : meanings.find(([prefix]) => code.startsWith(prefix))?.[1];
}

/**
 * SQLite has one code for all writes that the system refused, except for a full disk. A test write beside the file finds the reason. It is
 * at the same offset, because limits on file sizes count from the beginning of a file.
 */
function meaningOfWrite(path: string): Meaning {
  const probe = `${path}.probe.new-${process.pid}`;
  try {
    const sizes = [path, `${path}-wal`].map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0);
    const handle = openSync(probe, 'w', 0o600);
    try {
      writeSync(handle, new Uint8Array(4096), 0, 4096, Math.max(...sizes));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
      rmSync(probe, { force: true });
    }
    return failed;
  } catch (error) {
    const code = codeOf(error);
    return meanings.find(([prefix]) => code?.startsWith(prefix))?.[1] ?? failed;
  }
}

/** Converts an error of SQLite or of the file system into a HeddleError that says what to do; undefined for any other error. */
export function storageErrorOf(error: unknown, path: string): HeddleError | undefined {
  const cause = codeOf(error);
  const meaning = meaningOf(cause, path);
  if (meaning === undefined) return undefined;
  const judged = meaning === corrupt ? judges.get(path)?.(error) : undefined;
  if (judged !== undefined) return judged;
  return new HeddleError(meaning.code, `${path}: ${meaning.advice} (${messageOf(error)})`, {
    cause: error,
    details: { place: path, cause },
  });
}

/** Converts an error of SQLite or of the file system into a HeddleError that says what to do; `path` is the file or folder. */
export function toStorageError(error: unknown, path: string): HeddleError {
  if (error instanceof HeddleError) return error;
  return storageErrorOf(error, path) ?? new HeddleError('internal', `${path}: ${messageOf(error)}`, { cause: error });
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}

/** Runs work on storage and throws its errors as HeddleErrors. */
export function withStorageErrors<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toStorageError(error, path);
  }
}
