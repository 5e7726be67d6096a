import type { Migration } from '../migration.js';

/** What a new index of a collection must hold before it serves. Collections are in a file or a server of their own, which identify them by name. */
export const indexGatesMigration: Migration = {
  name: 'gates of indexes',
  sql: 'CREATE TABLE index_gates (collection TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;',
};
