import type { PostgresMigration } from '../migration.js';

/** Workers, and leases for work that only one process does at a time. */
export const clusterTables: PostgresMigration = {
  name: 'workers and leases',
  sql: `
    CREATE TABLE $schema.workers (
      boot uuid PRIMARY KEY, name text COLLATE "C" NOT NULL, version text NOT NULL, capabilities text[] NOT NULL,
      slots integer NOT NULL, state text NOT NULL DEFAULT 'ready', load text NOT NULL DEFAULT '{}',
      registered_at timestamptz NOT NULL DEFAULT clock_timestamp(), seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
    ) WITH (fillfactor = 50);
    CREATE INDEX workers_by_name ON $schema.workers (name);

    CREATE TABLE $schema.leases (
      name text COLLATE "C" PRIMARY KEY, holder text NOT NULL, until timestamptz NOT NULL, token bigint NOT NULL
    ) WITH (fillfactor = 50);
  `,
};
