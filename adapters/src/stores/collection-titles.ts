import { commitPowerSafe } from '../database/commit-power-safe.js';
import { answer } from '../database/answer.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

/** Titles of collections by name, in heddle.db. Errors: `storage_*`. */
export interface CollectionTitles {
  /** All titles; a collection without one shows its name. */
  all(): ReadonlyMap<string, string>;
  get(name: string): string | undefined;
  set(name: string, title: string): Promise<void>;
  forget(name: string): Promise<void>;
}

/** @example await createCollectionTitles(database).set('orbit-docs', 'My Orbit docs') */
export function createCollectionTitles(database: HeddleDatabase): CollectionTitles {
  const { connection, file } = database;
  const all = connection.prepare<[], { readonly name: string; readonly title: string }>(
    'SELECT name, title FROM collection_titles',
  );
  const find = connection.prepare<[string], string>('SELECT title FROM collection_titles WHERE name = ?').pluck();
  const write = connection.prepare<[string, string]>(
    'INSERT OR REPLACE INTO collection_titles (name, title) VALUES (?, ?)',
  );
  const remove = connection.prepare<[string]>('DELETE FROM collection_titles WHERE name = ?');
  return {
    all: () => withStorageErrors(file, () => new Map(all.all().map(({ name, title }) => [name, title]))),
    get: (name) => withStorageErrors(file, () => find.get(name)),
    set: (name, title) => answer(() => commitPowerSafe(database, () => void write.run(name, title))),
    forget: (name) => answer(() => commitPowerSafe(database, () => void remove.run(name))),
  };
}
