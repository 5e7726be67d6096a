import type { PostgresMigration } from '../../migration.js';

/** Work that at most one open job may do. */
export const onlyJobTables: PostgresMigration = {
  name: 'only jobs',
  minReader: 1,
  minWriter: 1,
  sql: `
    ALTER TABLE $schema.jobs ADD COLUMN only_key text COLLATE "C";
    CREATE UNIQUE INDEX jobs_only ON $schema.jobs (only_key) WHERE only_key IS NOT NULL AND status IN ('queued', 'running');
  `,
};
