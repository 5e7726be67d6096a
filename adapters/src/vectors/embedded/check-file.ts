import Database from 'better-sqlite3';
import { HeddleError } from '@heddle/core';
import { storageErrorOf } from '../../database/storage-error.js';
import { schemaVersion } from './tables.js';

/**
 * Checks a whole file of vectors that is not in use, such as one in a backup. Errors: `storage_corrupt`,
 * `storage_newer`.
 *
 * @example checkVectorFile('/backups/monday/collections.db');
 */
export function checkVectorFile(file: string): void {
  try {
    const database = new Database(file, { fileMustExist: true });
    try {
      const found = String(database.pragma('quick_check(1)', { simple: true }));
      if (found !== 'ok') throw new HeddleError('storage_corrupt', `The file '${file}' is damaged: ${found}`);
      refuseNewer(database, file);
    } finally {
      database.close();
    }
  } catch (error) {
    throw error instanceof HeddleError ? error : (storageErrorOf(error, file) ?? error);
  }
}

/** Refuses a file of a newer version. Errors: `storage_newer`. */
export function refuseNewer(database: Database.Database, file: string): void {
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version <= schemaVersion) return;
  throw new HeddleError(
    'storage_newer',
    `The file '${file}' has layout ${version}, but this Heddle only knows layouts up to ${schemaVersion}: start the newer Heddle that wrote it.`,
  );
}
