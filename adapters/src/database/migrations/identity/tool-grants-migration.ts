import type { Migration } from '../migration.js';

/** The sealed tokens that tool servers gave to people who signed in to them; they are removed with their server. */
export const toolGrantsMigration: Migration = {
  name: 'sign-in to tool servers',
  sql: `
    CREATE TABLE tool_grants (
      server TEXT PRIMARY KEY REFERENCES tool_servers (id) ON DELETE CASCADE, sealed BLOB NOT NULL, expires_at REAL, updated_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
