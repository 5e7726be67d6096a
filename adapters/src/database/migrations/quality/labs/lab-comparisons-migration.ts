import type { Migration } from '../../migration.js';

/** The comparison of each configuration of a lab with the current settings of the collection. */
export const labComparisonsMigration: Migration = {
  name: 'lab comparisons',
  sql: `
    ALTER TABLE labs ADD COLUMN comparisons TEXT;
    CREATE INDEX labs_by_project ON labs (project, created_at);
  `,
};
