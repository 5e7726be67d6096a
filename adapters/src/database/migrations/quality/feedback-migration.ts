import type { Migration } from '../migration.js';

/**
 * Feedback: one row for each person and answer, with the models that it counts for. Texts are deleted with the values of their run, the
 * person with the run, and everything with the conversation that the run wrote. The label of earlier comments is unknown, so they get the
 * strictest one.
 */
export const feedbackMigration: Migration = {
  name: 'feedback of people',
  sql: `
    CREATE TEMP TABLE earlier_feedback AS SELECT * FROM feedback;
    DROP TABLE feedback;

    CREATE TABLE run_feedback (
      number INTEGER PRIMARY KEY, run TEXT NOT NULL, message TEXT NOT NULL, who TEXT NOT NULL, project TEXT NOT NULL, workflow TEXT, subject TEXT,
      thumb TEXT, rating INTEGER, score REAL, comment TEXT, correction TEXT, label TEXT NOT NULL, created_at REAL NOT NULL, updated_at REAL NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX run_feedback_of ON run_feedback (run, message, who);
    CREATE INDEX run_feedback_by_workflow ON run_feedback (workflow) WHERE workflow IS NOT NULL;
    CREATE INDEX run_feedback_by_who ON run_feedback (who);
    CREATE INDEX run_feedback_by_subject ON run_feedback (subject) WHERE subject IS NOT NULL;

    CREATE TABLE feedback_models (
      feedback INTEGER NOT NULL REFERENCES run_feedback (number) ON DELETE CASCADE, model TEXT NOT NULL, PRIMARY KEY (feedback, model)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX feedback_models_by_model ON feedback_models (model);

    CREATE TABLE feedback_batches (
      feedback INTEGER NOT NULL REFERENCES run_feedback (number) ON DELETE CASCADE, batch TEXT NOT NULL, PRIMARY KEY (feedback, batch)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX feedback_batches_by_batch ON feedback_batches (batch);

    INSERT INTO run_feedback (run, message, who, project, workflow, subject, thumb, score, comment, label, created_at, updated_at)
      SELECT run, '', who, 'default', max(workflow), who,
        CASE max(score) WHEN 1 THEN 'up' WHEN 0 THEN 'down' END, max(score), max(comment), 'restricted', min(time), max(time)
      FROM earlier_feedback GROUP BY run, who;
    INSERT INTO feedback_models (feedback, model)
      SELECT run_feedback.number, earlier.model FROM earlier_feedback AS earlier
      JOIN run_feedback ON run_feedback.run = earlier.run AND run_feedback.who = earlier.who;
    DROP TABLE earlier_feedback;

    CREATE TRIGGER feedback_goes_with_conversation AFTER DELETE ON conversation_batches BEGIN
      DELETE FROM run_feedback WHERE number IN (SELECT feedback FROM feedback_batches WHERE batch = OLD.batch);
    END;
    CREATE TRIGGER feedback_texts_go_with_values AFTER UPDATE OF values_removed_at ON runs BEGIN
      UPDATE run_feedback SET comment = NULL, correction = NULL WHERE run = NEW.id;
    END;
    CREATE TRIGGER feedback_person_goes_with_run AFTER DELETE ON runs BEGIN
      UPDATE run_feedback SET comment = NULL, correction = NULL, subject = NULL, who = 'removed:' || number WHERE run = OLD.id;
    END;
  `,
};
