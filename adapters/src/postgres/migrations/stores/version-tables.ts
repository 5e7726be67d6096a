import type { PostgresMigration } from '../../migration.js';

/** Published versions, which of them are live, and A/B tests. */
export const versionTables: PostgresMigration = {
  name: 'versions',
  minReader: 1,
  minWriter: 1,
  sql: `
    -- The number of a row is called as in heddle.db.
    CREATE TABLE $schema.versions (
      rowid bigint GENERATED ALWAYS AS IDENTITY, workflow_id text COLLATE "C" NOT NULL, version integer NOT NULL, body text NOT NULL,
      bundle text NOT NULL, checksum bigint, PRIMARY KEY (workflow_id, version)
    );
    CREATE TABLE $schema.live_versions (workflow_id text COLLATE "C" PRIMARY KEY, body text NOT NULL);
    CREATE TABLE $schema.once_live (
      workflow_id text COLLATE "C" NOT NULL, version integer NOT NULL, PRIMARY KEY (workflow_id, version)
    );
    CREATE TABLE $schema.workflow_tests (workflow_id text COLLATE "C" PRIMARY KEY, content text NOT NULL);
    CREATE TABLE $schema.ab_tests (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text COLLATE "C" NOT NULL UNIQUE, workflow_id text COLLATE "C" NOT NULL,
      body text NOT NULL, ended_at double precision
    );
    CREATE INDEX ab_tests_by_workflow ON $schema.ab_tests (workflow_id, number);
    CREATE UNIQUE INDEX ab_tests_running ON $schema.ab_tests (workflow_id) WHERE ended_at IS NULL;
  `,
};
