import type { Migration } from '../migration.js';

/** The result of the last test of each connection; it is removed with its connection. */
export const connectionTestsMigration: Migration = {
  name: 'last tests of connections',
  sql: `
    CREATE TABLE connection_tests (
      id TEXT PRIMARY KEY REFERENCES connections (id) ON DELETE CASCADE, body TEXT NOT NULL, at REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
