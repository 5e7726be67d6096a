import type { Migration } from './migration.js';

/** A change counter for each topic of rows that processes keep in memory. */
export const revisionsMigration: Migration = {
  name: 'revisions',
  sql: 'CREATE TABLE revisions (topic TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;',
};
