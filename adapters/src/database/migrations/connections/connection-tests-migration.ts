import type { Migration } from '../migration.js';

/** What the last test of each connection gave; it goes with its connection. */
export const connectionTestsMigration: Migration = {
  name: 'last tests of connections',
  sql: `
    CREATE TABLE connection_tests (
      id TEXT PRIMARY KEY REFERENCES connections (id) ON DELETE CASCADE, body TEXT NOT NULL, at REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
