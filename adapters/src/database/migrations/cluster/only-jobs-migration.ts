import type { Migration } from '../migration.js';

/** A key of jobs that only one queued or running job can have. */
export const onlyJobsMigration: Migration = {
  name: 'only jobs',
  sql: `
    ALTER TABLE jobs ADD COLUMN only_key TEXT;
    CREATE UNIQUE INDEX jobs_only ON jobs (only_key) WHERE only_key IS NOT NULL AND status IN ('queued', 'running');
  `,
};
