import type { PostgresMigration } from '../../migration.js';

/** Cached results of workflows. An empty workflow means that the workflows of the project share the cache. */
export const cacheTables: PostgresMigration = {
  name: 'caches',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.caches (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, project text COLLATE "C" NOT NULL, workflow text COLLATE "C" NOT NULL,
      name text COLLATE "C" NOT NULL, hits bigint NOT NULL DEFAULT 0, UNIQUE (project, workflow, name)
    );
    CREATE TABLE $schema.cache_savings (
      cache bigint NOT NULL, currency text COLLATE "C" NOT NULL, saved double precision NOT NULL, PRIMARY KEY (cache, currency)
    );
    CREATE TABLE $schema.cache_entries (
      cache bigint NOT NULL, edition text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, level integer NOT NULL, value text NOT NULL,
      label text NOT NULL, cost double precision, currency text COLLATE "C", vector bytea, model text COLLATE "C",
      stored_at double precision NOT NULL, expires_at double precision NOT NULL, PRIMARY KEY (cache, edition, key, level)
    );
    CREATE INDEX cache_entries_by_expiry ON $schema.cache_entries (expires_at);
  `,
};
