import type { Migration } from './migration.js';

/**
 * Datasets with versions. A row belongs to the versions from `added_in` until before `removed_in`; numbers above the version of its dataset
 * belong to an unfinished write.
 */
export const datasetsMigration: Migration = {
  name: 'datasets',
  sql: `
    CREATE TABLE datasets (
      id TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 0, rows INTEGER NOT NULL DEFAULT 0,
      created_at REAL NOT NULL, updated_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE dataset_versions (
      dataset TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE, version INTEGER NOT NULL, rows INTEGER NOT NULL, added INTEGER NOT NULL,
      removed INTEGER NOT NULL, who TEXT NOT NULL, note TEXT NOT NULL, created_at REAL NOT NULL, PRIMARY KEY (dataset, version)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE dataset_rows (
      number INTEGER PRIMARY KEY, dataset TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE, id TEXT NOT NULL, hash TEXT NOT NULL,
      inputs_hash TEXT NOT NULL, split TEXT, body TEXT NOT NULL, added_in INTEGER NOT NULL, removed_in INTEGER, seen_in INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX dataset_rows_number ON dataset_rows (dataset, number);
    CREATE UNIQUE INDEX dataset_rows_id ON dataset_rows (dataset, id) WHERE removed_in IS NULL;
    CREATE INDEX dataset_rows_inputs ON dataset_rows (dataset, inputs_hash);
  `,
};
