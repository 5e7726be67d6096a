import type { Migration } from '../migration.js';

/**
 * Results of nodes that runs of experiments reuse, by the hash of what they depend on. `scope` is the experiment, or empty for model calls
 * that all experiments of a project share. A result is deleted with the values of the run that computed it, and with its experiment.
 */
export const experimentResultsMigration: Migration = {
  name: 'results that experiments reuse',
  sql: `
    CREATE TABLE experiment_results (
      number INTEGER PRIMARY KEY, project TEXT NOT NULL, scope TEXT NOT NULL, hash TEXT NOT NULL, experiment TEXT NOT NULL, run TEXT NOT NULL,
      outputs TEXT NOT NULL, saved TEXT NOT NULL, bytes INTEGER NOT NULL, stored_at REAL NOT NULL, UNIQUE (project, scope, hash)
    ) STRICT;
    CREATE INDEX experiment_results_experiment ON experiment_results (experiment);
    CREATE INDEX experiment_results_run ON experiment_results (run);
    CREATE TRIGGER experiment_results_go_with_values AFTER UPDATE OF values_removed_at ON runs BEGIN
      DELETE FROM experiment_results WHERE run = new.id;
    END;
    CREATE TRIGGER experiment_results_go_with_runs AFTER DELETE ON runs BEGIN
      DELETE FROM experiment_results WHERE run = old.id;
    END;
    CREATE TRIGGER experiment_results_go_with_experiments AFTER DELETE ON experiments BEGIN
      DELETE FROM experiment_results WHERE experiment = old.id;
    END;
    CREATE TRIGGER experiment_results_go_with_rows BEFORE DELETE ON experiment_rows BEGIN
      DELETE FROM experiment_results WHERE run IN (
        SELECT run FROM experiment_cells WHERE experiment = old.experiment AND number = old.number AND run IS NOT NULL);
    END;
    ALTER TABLE experiment_cells ADD COLUMN reused TEXT;
    ALTER TABLE experiments ADD COLUMN saved_cost REAL NOT NULL DEFAULT 0;
    ALTER TABLE experiments ADD COLUMN saved_ms REAL NOT NULL DEFAULT 0;
  `,
};
