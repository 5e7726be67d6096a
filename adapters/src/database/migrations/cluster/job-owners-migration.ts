import type { Migration } from '../migration.js';

/** The process that works on a job, and until when it owns the job. */
export const jobOwnersMigration: Migration = {
  name: 'owners of jobs',
  sql: `
    ALTER TABLE jobs ADD COLUMN owner TEXT;
    ALTER TABLE jobs ADD COLUMN lease_until REAL;
  `,
};
