import { HeddleError } from '@heddle/core';
import type Database from 'better-sqlite3';
import { longestLog } from './files/watch-files.js';

/** The size of the log at which SQLite copies it into the database file. */
const logBytes = 8 * 1024 * 1024;

/** 'HEDL', which marks our database files. */
const applicationId = 0x4845_444c;

/** Marks a new file as a database of Heddle. Must be called before anything is written to it. */
export function markAsOurs(connection: Database.Database): void {
  // Commits write a few or many rows of several tables: 4 KiB was faster than 2 and 8 KiB in measurements.
  connection.pragma('page_size = 4096');
  connection.pragma(`application_id = ${applicationId}`);
}

/** Errors: `storage_corrupt` if the file is not a database of Heddle. */
export function refuseForeign(connection: Database.Database, file: string): void {
  const id = Number(connection.pragma('application_id', { simple: true }));
  if (id !== applicationId) throw corrupt(file, 'it is not a database of Heddle');
}

/** Sets WAL, foreign keys, and `synchronous=NORMAL`. A commit that must survive a power loss sets more. */
export function configure(connection: Database.Database): void {
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = NORMAL');
  connection.pragma('foreign_keys = ON');
  // At 8 MB of log, a checkpoint takes about 10 ms, and is rare enough to cost almost nothing.
  connection.pragma(
    `wal_autocheckpoint = ${Math.round(logBytes / Number(connection.pragma('page_size', { simple: true })))}`,
  );
  connection.pragma(`journal_size_limit = ${longestLog}`);
}

/** Checks every page, or only the table of runs if `isWhole` is false. Errors: `storage_corrupt`. */
export function checkPages(connection: Database.Database, file: string, isWhole: boolean): void {
  if (!isWhole && connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'runs'").get() === undefined) return;
  const found = connection.pragma(isWhole ? 'quick_check(1)' : "quick_check('runs')", { simple: true });
  if (found !== 'ok') throw corrupt(file, String(found));
}

/** Makes a commit that changes nothing, so that a read-only folder is noticed now and not at the first run. */
export function refuseReadOnly(connection: Database.Database): void {
  const version = Number(connection.pragma('user_version', { simple: true }));
  connection.transaction(() => connection.pragma(`user_version = ${version}`)).immediate();
}

export function corrupt(file: string, reason: string): HeddleError {
  return new HeddleError(
    'storage_corrupt',
    `${file} cannot be used: ${reason}. Keep a copy of the folder, and restore a backup with heddle restore.`,
    { details: { place: file, reason } },
  );
}
