import type { PostgresMigration } from '../../migration.js';

/**
 * Scores of finished runs, monitors, the runs that wait for them, and samples of runs for comparison. The commit in which a run ends puts
 * it into the queue. Scores and samples of a run are deleted with its values, with the run, and with the conversation that it wrote.
 */
export const scoreTables: PostgresMigration = {
  name: 'scores and monitors',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.run_scores (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run text COLLATE "C" NOT NULL, monitor text COLLATE "C" NOT NULL,
      metric text COLLATE "C" NOT NULL, project text COLLATE "C" NOT NULL, workflow text COLLATE "C" NOT NULL, version integer, value double precision,
      is_passed smallint, explanation text NOT NULL, error text, cost double precision NOT NULL, tokens bigint NOT NULL, label text NOT NULL,
      judged_at double precision NOT NULL, UNIQUE (run, monitor, metric)
    );
    CREATE INDEX run_scores_by_time ON $schema.run_scores (workflow, judged_at);
    CREATE TABLE $schema.run_score_batches (batch text COLLATE "C" NOT NULL, run text COLLATE "C" NOT NULL, PRIMARY KEY (batch, run));
    CREATE INDEX run_score_batches_of ON $schema.run_score_batches (run);

    CREATE TABLE $schema.monitors (
      id text COLLATE "C" PRIMARY KEY, project text COLLATE "C" NOT NULL, workflow text COLLATE "C" NOT NULL, owner text COLLATE "C" NOT NULL,
      setup text NOT NULL, metrics text NOT NULL, is_paused smallint NOT NULL DEFAULT 0, reason text, last_error text, drift text NOT NULL,
      created_at double precision NOT NULL
    );
    CREATE INDEX monitors_by_workflow ON $schema.monitors (workflow, is_paused);
    CREATE TABLE $schema.monitor_queue (run bigint PRIMARY KEY);
    CREATE TABLE $schema.monitor_runs (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, monitor text COLLATE "C" NOT NULL REFERENCES $schema.monitors (id) ON DELETE CASCADE,
      run bigint NOT NULL, is_over smallint NOT NULL DEFAULT 0, UNIQUE (run, monitor)
    );
    CREATE INDEX monitor_runs_waiting ON $schema.monitor_runs (monitor, number);
    CREATE TABLE $schema.monitor_counts (
      monitor text COLLATE "C" NOT NULL REFERENCES $schema.monitors (id) ON DELETE CASCADE, outcome text COLLATE "C" NOT NULL, runs bigint NOT NULL,
      PRIMARY KEY (monitor, outcome)
    );
    CREATE TABLE $schema.monitor_days (
      monitor text COLLATE "C" NOT NULL REFERENCES $schema.monitors (id) ON DELETE CASCADE, day integer NOT NULL, runs integer NOT NULL,
      cost double precision NOT NULL, is_spent smallint NOT NULL, PRIMARY KEY (monitor, day)
    );
    CREATE TABLE $schema.monitor_samples (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, monitor text COLLATE "C" NOT NULL REFERENCES $schema.monitors (id) ON DELETE CASCADE,
      run text COLLATE "C" NOT NULL, is_reference smallint NOT NULL, label text NOT NULL, body text NOT NULL, vector bytea, UNIQUE (run, monitor)
    );
    CREATE INDEX monitor_samples_by_monitor ON $schema.monitor_samples (monitor, is_reference, number);

    CREATE FUNCTION $schema.monitor_run_ends() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      IF EXISTS (SELECT 1 FROM $schema.monitors WHERE workflow = NEW.workflow_id AND is_paused = 0) THEN
        INSERT INTO $schema.monitor_queue VALUES (NEW.number) ON CONFLICT DO NOTHING;
      END IF;
      RETURN NULL;
    END $body$;
    CREATE TRIGGER monitor_run_ends AFTER UPDATE OF ended_at ON $schema.runs FOR EACH ROW
      WHEN (NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL AND NEW.run_trigger NOT IN ('test', 'replay') AND NEW.workflow_id IS NOT NULL)
      EXECUTE FUNCTION $schema.monitor_run_ends();

    CREATE FUNCTION $schema.judged_of_runs_goes() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      IF TG_OP = 'DELETE' THEN
        DELETE FROM $schema.monitor_queue WHERE run = OLD.number;
      ELSIF NEW.values_removed_at IS NULL THEN
        RETURN NULL;
      END IF;
      DELETE FROM $schema.monitor_samples WHERE run = OLD.id;
      DELETE FROM $schema.monitor_runs WHERE run = OLD.number;
      DELETE FROM $schema.run_scores WHERE run = OLD.id;
      RETURN NULL;
    END $body$;
    CREATE TRIGGER judged_of_runs_goes_with_values AFTER UPDATE OF values_removed_at ON $schema.runs
      FOR EACH ROW EXECUTE FUNCTION $schema.judged_of_runs_goes();
    CREATE TRIGGER judged_of_runs_goes_with_runs AFTER DELETE ON $schema.runs FOR EACH ROW EXECUTE FUNCTION $schema.judged_of_runs_goes();

    CREATE FUNCTION $schema.monitor_run_removed() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      IF EXISTS (SELECT 1 FROM $schema.monitors WHERE id = OLD.monitor) THEN
        INSERT INTO $schema.monitor_counts AS counts (monitor, outcome, runs) VALUES (OLD.monitor, 'skipped:removed', 1)
          ON CONFLICT (monitor, outcome) DO UPDATE SET runs = counts.runs + 1;
      END IF;
      RETURN NULL;
    END $body$;
    CREATE TRIGGER monitor_run_removed AFTER DELETE ON $schema.monitor_runs FOR EACH ROW WHEN (OLD.is_over = 0)
      EXECUTE FUNCTION $schema.monitor_run_removed();

    CREATE FUNCTION $schema.score_batches_go() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      DELETE FROM $schema.run_score_batches WHERE run = OLD.run AND NOT EXISTS (SELECT 1 FROM $schema.run_scores WHERE run = OLD.run)
        AND NOT EXISTS (SELECT 1 FROM $schema.monitor_samples WHERE run = OLD.run);
      RETURN NULL;
    END $body$;
    CREATE TRIGGER score_batches_go AFTER DELETE ON $schema.run_scores FOR EACH ROW EXECUTE FUNCTION $schema.score_batches_go();
    CREATE TRIGGER sample_batches_go AFTER DELETE ON $schema.monitor_samples FOR EACH ROW EXECUTE FUNCTION $schema.score_batches_go();

    CREATE FUNCTION $schema.monitors_go() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      DELETE FROM $schema.owned WHERE kind = 'monitor' AND id IN (SELECT id FROM $schema.monitors WHERE workflow = OLD.id);
      DELETE FROM $schema.monitors WHERE workflow = OLD.id;
      RETURN NULL;
    END $body$;
    CREATE TRIGGER monitors_go AFTER DELETE ON $schema.workflows FOR EACH ROW EXECUTE FUNCTION $schema.monitors_go();

    CREATE OR REPLACE FUNCTION $schema.traces_of_conversations_go() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      DELETE FROM $schema.run_feedback WHERE number IN (SELECT feedback FROM $schema.feedback_batches WHERE batch = OLD.batch);
      DELETE FROM $schema.annotation_items WHERE number IN (SELECT item FROM $schema.annotation_batches WHERE batch = OLD.batch);
      DELETE FROM $schema.monitor_samples WHERE run IN (SELECT run FROM $schema.run_score_batches WHERE batch = OLD.batch);
      DELETE FROM $schema.run_scores WHERE run IN (SELECT run FROM $schema.run_score_batches WHERE batch = OLD.batch);
      RETURN NULL;
    END $body$;
  `,
};
