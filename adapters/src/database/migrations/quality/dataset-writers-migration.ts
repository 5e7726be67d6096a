import type { Migration } from '../migration.js';

/** The writer of the next version of a dataset, the time of its last write, and how many erasures affected its rows. */
export const datasetWritersMigration: Migration = {
  name: 'writers of datasets',
  sql: `
    ALTER TABLE datasets ADD COLUMN writer TEXT;
    ALTER TABLE datasets ADD COLUMN written_at REAL;
    ALTER TABLE datasets ADD COLUMN erasures INTEGER NOT NULL DEFAULT 0;
  `,
};
