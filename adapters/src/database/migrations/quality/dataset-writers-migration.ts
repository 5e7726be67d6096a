import type { Migration } from '../migration.js';

/** Who writes the next version of a dataset, and when it wrote last; how many erasures reached its rows. */
export const datasetWritersMigration: Migration = {
  name: 'writers of datasets',
  sql: `
    ALTER TABLE datasets ADD COLUMN writer TEXT;
    ALTER TABLE datasets ADD COLUMN written_at REAL;
    ALTER TABLE datasets ADD COLUMN erasures INTEGER NOT NULL DEFAULT 0;
  `,
};
