import type { Migration } from '../migration.js';

/** Which process works on a job, and until when it has it. */
export const jobOwnersMigration: Migration = {
  name: 'owners of jobs',
  sql: `
    ALTER TABLE jobs ADD COLUMN owner TEXT;
    ALTER TABLE jobs ADD COLUMN lease_until REAL;
  `,
};
