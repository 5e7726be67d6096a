import type { Migration } from '../migration.js';

/** How each configuration of a lab compares with the collection as it is. */
export const labComparisonsMigration: Migration = {
  name: 'lab comparisons',
  sql: `
    ALTER TABLE labs ADD COLUMN comparisons TEXT;
    CREATE INDEX labs_by_project ON labs (project, created_at);
  `,
};
