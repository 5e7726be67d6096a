import type { PostgresMigration } from '../../migration.js';

/** The counting of A/B tests: the arms of runs, the queue, what was counted, and the figures. */
export const abTables: PostgresMigration = {
  name: 'figures of A/B tests',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.ab_runs (
      run text COLLATE "C" PRIMARY KEY, test bigint NOT NULL, version integer NOT NULL, unit text COLLATE "C" NOT NULL
    );
    CREATE INDEX ab_runs_by_test ON $schema.ab_runs (test);
    CREATE TABLE $schema.ab_queue (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run text COLLATE "C" NOT NULL, metric text COLLATE "C" NOT NULL, value double precision
    );
    CREATE TABLE $schema.ab_seen (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, test bigint NOT NULL, metric text COLLATE "C" NOT NULL, what text COLLATE "C" NOT NULL,
      UNIQUE (test, metric, what)
    );
    CREATE TABLE $schema.ab_figures (
      test bigint NOT NULL, version integer NOT NULL, metric text COLLATE "C" NOT NULL, body text NOT NULL, PRIMARY KEY (test, version, metric)
    );

    CREATE FUNCTION $schema.ab_counts_feedback() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      INSERT INTO $schema.ab_queue (run, metric, value) SELECT run, 'feedback', NEW.score FROM $schema.ab_runs WHERE run = NEW.run;
      RETURN NULL;
    END $body$;
    CREATE TRIGGER ab_counts_feedback AFTER INSERT ON $schema.run_feedback
      FOR EACH ROW WHEN (NEW.score IS NOT NULL) EXECUTE FUNCTION $schema.ab_counts_feedback();
    CREATE TRIGGER ab_counts_later_feedback AFTER UPDATE OF score ON $schema.run_feedback
      FOR EACH ROW WHEN (NEW.score IS NOT NULL AND OLD.score IS NULL) EXECUTE FUNCTION $schema.ab_counts_feedback();
    CREATE FUNCTION $schema.ab_counts_scores() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      INSERT INTO $schema.ab_queue (run, metric, value) SELECT run, 'score:' || NEW.metric, NEW.value FROM $schema.ab_runs WHERE run = NEW.run;
      RETURN NULL;
    END $body$;
    CREATE TRIGGER ab_counts_scores AFTER INSERT ON $schema.run_scores FOR EACH ROW EXECUTE FUNCTION $schema.ab_counts_scores();

    CREATE FUNCTION $schema.ab_runs_go() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      DELETE FROM $schema.ab_runs WHERE run = OLD.id;
      RETURN NULL;
    END $body$;
    CREATE TRIGGER ab_runs_go AFTER DELETE ON $schema.runs FOR EACH ROW EXECUTE FUNCTION $schema.ab_runs_go();
    CREATE FUNCTION $schema.ab_figures_go() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      DELETE FROM $schema.ab_figures WHERE test = OLD.number;
      DELETE FROM $schema.ab_seen WHERE test = OLD.number;
      DELETE FROM $schema.ab_runs WHERE test = OLD.number;
      RETURN NULL;
    END $body$;
    CREATE TRIGGER ab_figures_go AFTER DELETE ON $schema.ab_tests FOR EACH ROW EXECUTE FUNCTION $schema.ab_figures_go();
  `,
};
