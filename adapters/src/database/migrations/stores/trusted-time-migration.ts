import type { Migration } from '../migration.js';

/** The last time that was trusted. */
export const trustedTimeMigration: Migration = {
  name: 'trusted-time',
  sql: `
    -- The last time that was trusted (one row), so that a start can compare the wall clock with it.
    CREATE TABLE trusted_time (
      id INTEGER PRIMARY KEY CHECK (id = 1), time REAL NOT NULL, rights REAL NOT NULL, ahead REAL NOT NULL, agreed_ms REAL NOT NULL
    ) STRICT;
  `,
};
