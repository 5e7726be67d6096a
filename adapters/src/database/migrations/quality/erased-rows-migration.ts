import type { Migration } from '../migration.js';

/**
 * The run of a row, so that an erasure of the run finds the row; the conversations of such runs; and how many rows of a version were
 * erased.
 */
export const erasedRowsMigration: Migration = {
  name: 'erased rows of datasets',
  sql: `
    ALTER TABLE dataset_rows ADD COLUMN run TEXT;
    UPDATE dataset_rows SET run = json_extract(body, '$.run');
    CREATE INDEX dataset_rows_run ON dataset_rows (run) WHERE run IS NOT NULL;
    ALTER TABLE dataset_versions ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE dataset_runs (
      conversation TEXT NOT NULL, run TEXT NOT NULL, PRIMARY KEY (conversation, run)
    ) STRICT, WITHOUT ROWID;
  `,
};
