import type { Migration } from '../migration.js';

/**
 * The rules that a new index of a collection must pass before it serves. The collections themselves are in a file or on a server, which
 * identify them by name.
 */
export const indexGatesMigration: Migration = {
  name: 'gates of indexes',
  sql: 'CREATE TABLE index_gates (collection TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;',
};
