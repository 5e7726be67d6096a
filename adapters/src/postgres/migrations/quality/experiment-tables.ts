import type { PostgresMigration } from '../../migration.js';

/**
 * Experiments with their pinned workflows, rows and cells, the results that their runs reuse, and what they measured about models. Reusable
 * results are deleted with the values of their run, with their experiment, and with the row that they came from.
 */
export const experimentTables: PostgresMigration = {
  name: 'experiments',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.experiments (
      id text COLLATE "C" PRIMARY KEY, owner text COLLATE "C" NOT NULL, project text COLLATE "C" NOT NULL, state text COLLATE "C" NOT NULL,
      body text NOT NULL, budget double precision, reason text, code text COLLATE "C", spent_runs double precision NOT NULL DEFAULT 0,
      spent_judges double precision NOT NULL DEFAULT 0, saved_cost double precision NOT NULL DEFAULT 0, saved_ms double precision NOT NULL DEFAULT 0,
      result text, created_at double precision NOT NULL, table_changes integer NOT NULL DEFAULT 0
    );
    CREATE INDEX experiments_by_time ON $schema.experiments (created_at);
    CREATE TABLE $schema.experiment_bundles (
      experiment text COLLATE "C" NOT NULL REFERENCES $schema.experiments (id) ON DELETE CASCADE, hash text COLLATE "C" NOT NULL, body text NOT NULL,
      PRIMARY KEY (experiment, hash)
    );
    CREATE TABLE $schema.experiment_rows (
      experiment text COLLATE "C" NOT NULL, number integer NOT NULL, id text COLLATE "C" NOT NULL, tags text NOT NULL, label text COLLATE "C" NOT NULL,
      body text NOT NULL, PRIMARY KEY (experiment, number)
    );
    CREATE TABLE $schema.experiment_cells (
      experiment text COLLATE "C" NOT NULL, number integer NOT NULL, repeat integer NOT NULL, variant integer NOT NULL, state text COLLATE "C" NOT NULL,
      attempt integer NOT NULL, run text COLLATE "C", error text, code text COLLATE "C", figures text, evaluations text, reused text,
      PRIMARY KEY (experiment, number, repeat, variant)
    ) WITH (fillfactor = 80);
    CREATE INDEX experiment_cells_state ON $schema.experiment_cells (experiment, state, number);
    CREATE INDEX experiment_cells_run ON $schema.experiment_cells (run) WHERE run IS NOT NULL;
    CREATE TABLE $schema.experiment_results (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, project text COLLATE "C" NOT NULL, scope text COLLATE "C" NOT NULL,
      hash text COLLATE "C" NOT NULL, experiment text COLLATE "C" NOT NULL, run text COLLATE "C" NOT NULL, outputs text NOT NULL, saved text NOT NULL,
      bytes integer NOT NULL, stored_at double precision NOT NULL, UNIQUE (project, scope, hash)
    );
    CREATE INDEX experiment_results_experiment ON $schema.experiment_results (experiment);
    CREATE INDEX experiment_results_run ON $schema.experiment_results (run);
    CREATE TABLE $schema.model_results (
      model text COLLATE "C" NOT NULL, measured_at double precision NOT NULL, experiment text COLLATE "C" NOT NULL, variant text COLLATE "C" NOT NULL,
      metric text COLLATE "C" NOT NULL, body text NOT NULL, PRIMARY KEY (model, measured_at, experiment, variant, metric)
    );
    CREATE INDEX model_results_experiment ON $schema.model_results (experiment);

    CREATE FUNCTION $schema.experiment_results_go_with_runs() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      DELETE FROM $schema.experiment_results WHERE run = OLD.id;
      RETURN NULL;
    END $body$;
    CREATE TRIGGER experiment_results_go_with_values AFTER UPDATE OF values_removed_at ON $schema.runs
      FOR EACH ROW EXECUTE FUNCTION $schema.experiment_results_go_with_runs();
    CREATE TRIGGER experiment_results_go_with_runs AFTER DELETE ON $schema.runs
      FOR EACH ROW EXECUTE FUNCTION $schema.experiment_results_go_with_runs();

    CREATE FUNCTION $schema.experiment_results_go_with_rows() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      DELETE FROM $schema.experiment_results WHERE run IN (
        SELECT run FROM $schema.experiment_cells WHERE experiment = OLD.experiment AND number = OLD.number AND run IS NOT NULL);
      RETURN OLD;
    END $body$;
    CREATE TRIGGER experiment_results_go_with_rows BEFORE DELETE ON $schema.experiment_rows
      FOR EACH ROW EXECUTE FUNCTION $schema.experiment_results_go_with_rows();

    CREATE FUNCTION $schema.experiments_go() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      DELETE FROM $schema.model_results WHERE experiment = OLD.id;
      IF TG_OP = 'DELETE' THEN
        DELETE FROM $schema.experiment_results WHERE experiment = OLD.id;
      END IF;
      RETURN NULL;
    END $body$;
    CREATE TRIGGER experiments_go AFTER DELETE ON $schema.experiments FOR EACH ROW EXECUTE FUNCTION $schema.experiments_go();
    CREATE TRIGGER experiments_are_hidden AFTER UPDATE OF state ON $schema.experiments
      FOR EACH ROW WHEN (NEW.state = 'unfinished') EXECUTE FUNCTION $schema.experiments_go();
  `,
};
