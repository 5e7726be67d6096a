import type { Migration } from '../migration.js';

/**
 * Experiments: a copy of the rows of the dataset version, the pinned workflows of the variants, and a cell for each run of a row with a
 * variant. A copied row stays when the dataset changes or is deleted. An experiment with the state `unfinished` is still being written or
 * removed.
 */
export const experimentsMigration: Migration = {
  name: 'experiments',
  sql: `
    CREATE TABLE experiments (
      id TEXT PRIMARY KEY, owner TEXT NOT NULL, project TEXT NOT NULL, state TEXT NOT NULL, body TEXT NOT NULL, budget REAL, reason TEXT, code TEXT,
      spent_runs REAL NOT NULL DEFAULT 0, spent_judges REAL NOT NULL DEFAULT 0, result TEXT, created_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX experiments_by_time ON experiments (created_at);
    CREATE TABLE experiment_bundles (
      experiment TEXT NOT NULL REFERENCES experiments (id) ON DELETE CASCADE, hash TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (experiment, hash)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE experiment_rows (
      experiment TEXT NOT NULL, number INTEGER NOT NULL, id TEXT NOT NULL, tags TEXT NOT NULL, label TEXT NOT NULL, body TEXT NOT NULL,
      PRIMARY KEY (experiment, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE experiment_cells (
      experiment TEXT NOT NULL, number INTEGER NOT NULL, repeat INTEGER NOT NULL, variant INTEGER NOT NULL, state TEXT NOT NULL,
      attempt INTEGER NOT NULL, run TEXT, error TEXT, code TEXT, figures TEXT, evaluations TEXT, PRIMARY KEY (experiment, number, repeat, variant)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX experiment_cells_state ON experiment_cells (experiment, state);
    CREATE INDEX experiment_cells_run ON experiment_cells (run) WHERE run IS NOT NULL;
  `,
};
