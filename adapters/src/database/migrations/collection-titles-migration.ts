import type { Migration } from './migration.js';

/** Titles of collections, for people. The collections themselves are in a file or on a server, which identify them by name. */
export const collectionTitlesMigration: Migration = {
  name: 'titles of collections',
  sql: 'CREATE TABLE collection_titles (name TEXT PRIMARY KEY, title TEXT NOT NULL) STRICT, WITHOUT ROWID;',
};
