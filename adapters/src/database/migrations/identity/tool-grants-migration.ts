import type { Migration } from '../migration.js';

/** What tool servers gave who signed in to them, sealed; it goes with its server. */
export const toolGrantsMigration: Migration = {
  name: 'sign-in to tool servers',
  sql: `
    CREATE TABLE tool_grants (
      server TEXT PRIMARY KEY REFERENCES tool_servers (id) ON DELETE CASCADE, sealed BLOB NOT NULL, expires_at REAL, updated_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
