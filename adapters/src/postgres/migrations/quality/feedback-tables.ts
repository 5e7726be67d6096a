import type { PostgresMigration } from '../../migration.js';

/**
 * Feedback on runs, and queues of runs that people annotate. Texts are deleted with the values of their run. When the run is removed,
 * feedback loses its subject, and items are deleted. A row with a `batch` of a conversation is deleted with that conversation.
 */
export const feedbackTables: PostgresMigration = {
  name: 'feedback and annotations',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.run_feedback (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run text COLLATE "C" NOT NULL, message text COLLATE "C" NOT NULL,
      who text COLLATE "C" NOT NULL, project text COLLATE "C" NOT NULL, workflow text COLLATE "C", subject text COLLATE "C", thumb text, rating integer,
      score double precision, comment text, correction text, label text NOT NULL, created_at double precision NOT NULL,
      updated_at double precision NOT NULL, UNIQUE (run, message, who)
    );
    CREATE INDEX run_feedback_by_workflow ON $schema.run_feedback (workflow) WHERE workflow IS NOT NULL;
    CREATE INDEX run_feedback_by_time ON $schema.run_feedback (updated_at);
    CREATE INDEX run_feedback_by_who ON $schema.run_feedback (who);
    CREATE INDEX run_feedback_by_subject ON $schema.run_feedback (subject) WHERE subject IS NOT NULL;
    CREATE TABLE $schema.feedback_models (
      feedback bigint NOT NULL REFERENCES $schema.run_feedback (number) ON DELETE CASCADE, model text COLLATE "C" NOT NULL,
      PRIMARY KEY (feedback, model)
    );
    CREATE INDEX feedback_models_by_model ON $schema.feedback_models (model);
    CREATE TABLE $schema.feedback_batches (
      feedback bigint NOT NULL REFERENCES $schema.run_feedback (number) ON DELETE CASCADE, batch text COLLATE "C" NOT NULL,
      PRIMARY KEY (feedback, batch)
    );
    CREATE INDEX feedback_batches_by_batch ON $schema.feedback_batches (batch);

    CREATE TABLE $schema.annotation_queues (
      id text COLLATE "C" PRIMARY KEY, project text COLLATE "C" NOT NULL, body text NOT NULL, created_at double precision NOT NULL
    );
    CREATE TABLE $schema.annotation_items (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      queue text COLLATE "C" NOT NULL REFERENCES $schema.annotation_queues (id) ON DELETE CASCADE, run text COLLATE "C" NOT NULL,
      other text COLLATE "C" NOT NULL DEFAULT '', needed integer NOT NULL, label text NOT NULL, project text COLLATE "C" NOT NULL,
      workflow text COLLATE "C", subject text COLLATE "C" NOT NULL, UNIQUE (queue, run, other)
    );
    CREATE INDEX annotation_items_by_run ON $schema.annotation_items (run);
    CREATE INDEX annotation_items_by_other ON $schema.annotation_items (other) WHERE other <> '';
    CREATE INDEX annotation_items_by_subject ON $schema.annotation_items (subject);
    CREATE TABLE $schema.annotation_batches (
      item bigint NOT NULL REFERENCES $schema.annotation_items (number) ON DELETE CASCADE, batch text COLLATE "C" NOT NULL, PRIMARY KEY (item, batch)
    );
    CREATE INDEX annotation_batches_by_batch ON $schema.annotation_batches (batch);
    CREATE TABLE $schema.annotation_claims (
      item bigint NOT NULL REFERENCES $schema.annotation_items (number) ON DELETE CASCADE, who text COLLATE "C" NOT NULL,
      until double precision NOT NULL, PRIMARY KEY (item, who)
    );
    CREATE INDEX annotation_claims_by_who ON $schema.annotation_claims (who);
    CREATE TABLE $schema.annotations (
      item bigint NOT NULL REFERENCES $schema.annotation_items (number) ON DELETE CASCADE, who text COLLATE "C" NOT NULL, body text NOT NULL,
      is_skipped smallint NOT NULL, time double precision NOT NULL, PRIMARY KEY (item, who)
    );
    CREATE INDEX annotations_by_who ON $schema.annotations (who);

    CREATE FUNCTION $schema.said_of_runs_goes() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      IF TG_OP = 'DELETE' THEN
        UPDATE $schema.run_feedback SET comment = NULL, correction = NULL, subject = NULL, who = 'removed:' || number WHERE run = OLD.id;
        DELETE FROM $schema.annotation_items WHERE run = OLD.id;
        DELETE FROM $schema.annotation_items WHERE other = OLD.id AND other <> '';
      ELSE
        UPDATE $schema.run_feedback SET comment = NULL, correction = NULL WHERE run = OLD.id;
        UPDATE $schema.annotations SET body = ($schema.json_of(body)::jsonb - 'text' - 'correction')::text WHERE item IN (
          SELECT number FROM $schema.annotation_items WHERE run = OLD.id UNION SELECT number FROM $schema.annotation_items WHERE other = OLD.id AND other <> '');
      END IF;
      RETURN NULL;
    END $body$;
    CREATE TRIGGER said_of_runs_goes_with_values AFTER UPDATE OF values_removed_at ON $schema.runs
      FOR EACH ROW EXECUTE FUNCTION $schema.said_of_runs_goes();
    CREATE TRIGGER said_of_runs_goes_with_runs AFTER DELETE ON $schema.runs FOR EACH ROW EXECUTE FUNCTION $schema.said_of_runs_goes();

    CREATE FUNCTION $schema.traces_of_conversations_go() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      DELETE FROM $schema.run_feedback WHERE number IN (SELECT feedback FROM $schema.feedback_batches WHERE batch = OLD.batch);
      DELETE FROM $schema.annotation_items WHERE number IN (SELECT item FROM $schema.annotation_batches WHERE batch = OLD.batch);
      RETURN NULL;
    END $body$;
    CREATE TRIGGER traces_go_with_conversations AFTER DELETE ON $schema.conversation_batches
      FOR EACH ROW EXECUTE FUNCTION $schema.traces_of_conversations_go();
  `,
};
