import type { Clock } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

/** Which files of the data folder were there once, by their names. It is about one folder, so Postgres has no such table. */
export interface MadeFiles {
  has(name: string): boolean;
  /** Errors: `storage_*`. */
  note(name: string): void;
  /** It may be begun anew. Errors: `storage_*`. */
  forget(name: string): void;
}

/** @example createMadeFiles(database, clock).has('collections.db') */
export function createMadeFiles({ connection, file }: HeddleDatabase, clock: Pick<Clock, 'now'>): MadeFiles {
  const find = connection.prepare<[string], number>('SELECT 1 FROM made_files WHERE name = ?').pluck();
  const insert = connection.prepare<[string, number]>('INSERT OR IGNORE INTO made_files (name, made_at) VALUES (?, ?)');
  const remove = connection.prepare<[string]>('DELETE FROM made_files WHERE name = ?');
  return {
    has: (name) => withStorageErrors(file, () => find.get(name) !== undefined),
    note: (name) => withStorageErrors(file, () => void insert.run(name, clock.now())),
    forget: (name) => withStorageErrors(file, () => void remove.run(name)),
  };
}
