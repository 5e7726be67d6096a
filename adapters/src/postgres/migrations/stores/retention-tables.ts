import type { PostgresMigration } from '../../migration.js';

/**
 * Marks for data that retention removes a day later: everything of a class that ended before `before`; for runs, those up to the number
 * `newest`.
 */
export const retentionTables: PostgresMigration = {
  name: 'marks of retention',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.retention_marks (
      class text COLLATE "C" NOT NULL, marked_at double precision NOT NULL, before double precision NOT NULL, newest bigint NOT NULL,
      PRIMARY KEY (class, marked_at)
    );
  `,
};

/** What is still to remove of runs that were removed or lose their values; and the runs that have values, oldest first. */
export const removalTables: PostgresMigration = {
  name: 'removals of runs',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.removals (run bigint PRIMARY KEY, what text COLLATE "C" NOT NULL, after bigint NOT NULL DEFAULT 0);
    CREATE INDEX runs_with_values ON $schema.runs (accepted_at, number) WHERE values_removed_at IS NULL;
    -- An answer of a person is a value of its run.
    CREATE FUNCTION $schema.commands_go_with_runs() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      DELETE FROM $schema.commands WHERE run = OLD.id;
      RETURN NULL;
    END $body$;
    CREATE TRIGGER commands_go_with_values AFTER UPDATE OF values_removed_at ON $schema.runs
      FOR EACH ROW EXECUTE FUNCTION $schema.commands_go_with_runs();
    CREATE TRIGGER commands_go_with_runs AFTER DELETE ON $schema.runs FOR EACH ROW EXECUTE FUNCTION $schema.commands_go_with_runs();
    CREATE INDEX commands_by_run ON $schema.commands (run);
    CREATE INDEX jobs_ended ON $schema.jobs (ended_at) WHERE ended_at IS NOT NULL;
  `,
};

/** The trusted time, in one row that all processes write (see decision 0158). */
export const trustedTimeTables: PostgresMigration = {
  name: 'trusted time',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.trusted_time (
      id integer PRIMARY KEY CHECK (id = 1), time double precision NOT NULL, rights double precision NOT NULL, ahead double precision NOT NULL,
      agreed_ms double precision NOT NULL
    );
  `,
};
