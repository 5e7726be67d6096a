import type { PostgresMigration } from '../../migration.js';

/** Jobs, the process that works on each, and what another process needs to continue it. */
export const jobTables: PostgresMigration = {
  name: 'jobs',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.jobs (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text COLLATE "C" NOT NULL UNIQUE, kind text NOT NULL,
      status text COLLATE "C" NOT NULL, subject text COLLATE "C" NOT NULL, progress text NOT NULL, result text, error text,
      created_at double precision NOT NULL, ended_at double precision, owner text COLLATE "C", lease_until double precision
    );
    CREATE INDEX jobs_open ON $schema.jobs (status) WHERE status IN ('queued', 'running');
    CREATE TABLE $schema.job_work (
      job text COLLATE "C" PRIMARY KEY REFERENCES $schema.jobs (id) ON DELETE CASCADE, work text NOT NULL, starts integer NOT NULL DEFAULT 0
    );
  `,
};
