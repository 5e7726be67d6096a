import type { Migration } from '../migration.js';

/** The data from which a later process continues a job, kept until the job ends. */
export const jobWorkMigration: Migration = {
  name: 'work of jobs',
  sql: `
    CREATE TABLE job_work (
      job TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE, work TEXT NOT NULL, starts INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID;
  `,
};
