import type { Migration } from './migration.js';

/** How often what processes keep in memory has changed. */
export const revisionsMigration: Migration = {
  name: 'revisions',
  sql: 'CREATE TABLE revisions (topic TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;',
};
