import type { Migration } from './migration.js';

/** Titles of collections, for people. Collections are in a file or a server of their own, which identify them by name. */
export const collectionTitlesMigration: Migration = {
  name: 'titles of collections',
  sql: 'CREATE TABLE collection_titles (name TEXT PRIMARY KEY, title TEXT NOT NULL) STRICT, WITHOUT ROWID;',
};
