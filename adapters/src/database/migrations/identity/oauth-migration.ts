import type { Migration } from '../migration.js';

/** OAuth clients, which act for people with their consent, and their tokens by hash. A consent is an API key. */
export const oauthMigration: Migration = {
  name: 'connected programs',
  sql: `
    CREATE TABLE oauth_clients (
      id TEXT PRIMARY KEY, body TEXT NOT NULL, created_at REAL NOT NULL, used_at REAL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE oauth_tokens (
      hash TEXT PRIMARY KEY, kind TEXT NOT NULL, key_id TEXT NOT NULL, client TEXT NOT NULL, expires_at REAL NOT NULL, used_at REAL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX oauth_tokens_by_key ON oauth_tokens (key_id);
  `,
};
