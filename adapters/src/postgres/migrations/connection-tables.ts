import type { PostgresMigration } from '../migration.js';

/** Connections to providers and their tests, and when the hosts of secrets were recorded. */
export const connectionTables: PostgresMigration = {
  name: 'connections',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.connections (
      id text COLLATE "C" PRIMARY KEY, body text NOT NULL, updated_at double precision NOT NULL
    );
    CREATE TABLE $schema.connection_tests (
      id text COLLATE "C" PRIMARY KEY REFERENCES $schema.connections (id) ON DELETE CASCADE, body text NOT NULL, at double precision NOT NULL
    );
    CREATE TABLE $schema.secret_hosts_learned (at double precision NOT NULL);
  `,
};
