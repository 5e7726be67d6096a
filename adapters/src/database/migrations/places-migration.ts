import type { Migration } from './migration.js';

/** The networks from which a user signed in, by hash. */
export const placesMigration: Migration = {
  name: 'places of sign-in',
  sql: `
    CREATE TABLE sign_in_places (
      user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, network_hash TEXT NOT NULL, seen_at REAL NOT NULL,
      PRIMARY KEY (user_id, network_hash)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX sign_in_places_by_age ON sign_in_places (seen_at);
  `,
};
