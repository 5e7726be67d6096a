import type { Clock, GuardedWrite } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

/** Records which files a data folder has had, by name. This concerns a single folder, so Postgres has no such table. */
export interface MadeFiles {
  has(name: string): boolean;
  /** Errors: `storage_*`. */
  note(name: string): void;
  /** Permits creating the file again, in a commit with an audit event. */
  forgetting(name: string): GuardedWrite;
}

/** Creates the store. @example createMadeFiles(database, clock).has('collections.db') */
export function createMadeFiles({ connection, file }: HeddleDatabase, clock: Pick<Clock, 'now'>): MadeFiles {
  const find = connection.prepare<[string], number>('SELECT 1 FROM made_files WHERE name = ?').pluck();
  const insert = connection.prepare<[string, number]>('INSERT OR IGNORE INTO made_files (name, made_at) VALUES (?, ?)');
  return {
    has: (name) => withStorageErrors(file, () => find.get(name) !== undefined),
    note: (name) => withStorageErrors(file, () => void insert.run(name, clock.now())),
    forgetting: (name) => ({ sql: 'DELETE FROM made_files WHERE name = @name', values: { name } }),
  };
}
