import type { Migration } from './migration.js';

/**
 * Results belong to a cache, and a cache to a project. The owner of earlier results is unknown, so they are dropped; a cache may be
 * emptied.
 */
export const cacheScopesMigration: Migration = {
  name: 'cache entries by project',
  sql: `
    PRAGMA secure_delete = ON;
    DROP TABLE cache_entries;
    PRAGMA secure_delete = OFF;

    -- An empty workflow: the workflows of the project share it.
    CREATE TABLE caches (
      number INTEGER PRIMARY KEY, project TEXT NOT NULL, workflow TEXT NOT NULL, name TEXT NOT NULL, hits INTEGER NOT NULL DEFAULT 0,
      UNIQUE (project, workflow, name)
    ) STRICT;
    CREATE TABLE cache_savings (
      cache INTEGER NOT NULL, currency TEXT NOT NULL, saved REAL NOT NULL, PRIMARY KEY (cache, currency)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE cache_entries (
      cache INTEGER NOT NULL, edition TEXT NOT NULL, key TEXT NOT NULL, level INTEGER NOT NULL, value TEXT NOT NULL, label TEXT NOT NULL,
      cost REAL, currency TEXT, vector BLOB, model TEXT, stored_at REAL NOT NULL, expires_at REAL NOT NULL,
      PRIMARY KEY (cache, edition, key, level)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX cache_entries_by_expiry ON cache_entries (expires_at);
  `,
};
