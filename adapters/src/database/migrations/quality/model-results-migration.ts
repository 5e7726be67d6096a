import type { Migration } from '../migration.js';

/**
 * The results of models in finished experiments, from which model cards read them instead of from the rows of the experiment. They are
 * deleted with their experiment.
 */
export const modelResultsMigration: Migration = {
  name: 'results of models',
  sql: `
    CREATE TABLE model_results (
      model TEXT NOT NULL, measured_at REAL NOT NULL, experiment TEXT NOT NULL, variant TEXT NOT NULL, metric TEXT NOT NULL, body TEXT NOT NULL,
      PRIMARY KEY (model, measured_at, experiment, variant, metric)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX model_results_experiment ON model_results (experiment);
    CREATE TRIGGER model_results_go_with_experiments AFTER DELETE ON experiments BEGIN
      DELETE FROM model_results WHERE experiment = old.id;
    END;
    CREATE TRIGGER model_results_are_hidden_with_experiments AFTER UPDATE OF state ON experiments WHEN new.state = 'unfinished' BEGIN
      DELETE FROM model_results WHERE experiment = new.id;
    END;
  `,
};
