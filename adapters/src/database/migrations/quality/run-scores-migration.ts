import type { Migration } from '../migration.js';

/** Scores of finished runs. A score is deleted with the values of its run, with the run, and with the conversation that the run wrote. */
export const runScoresMigration: Migration = {
  name: 'scores of runs',
  sql: `
    CREATE TABLE run_scores (
      number INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, monitor TEXT NOT NULL, metric TEXT NOT NULL, project TEXT NOT NULL,
      workflow TEXT NOT NULL, version INTEGER, value REAL, is_passed INTEGER, explanation TEXT NOT NULL, error TEXT, cost REAL NOT NULL,
      tokens INTEGER NOT NULL, label TEXT NOT NULL, judged_at REAL NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX run_scores_of ON run_scores (run, monitor, metric);
    CREATE INDEX run_scores_by_workflow ON run_scores (workflow, number);
    -- All that a series reads, so that it does not read the explanations.
    CREATE INDEX run_scores_by_time ON run_scores (workflow, judged_at, version, metric, monitor, value, is_passed, cost);

    CREATE TABLE run_score_batches (batch TEXT NOT NULL, run TEXT NOT NULL, PRIMARY KEY (batch, run)) STRICT, WITHOUT ROWID;
    CREATE INDEX run_score_batches_of ON run_score_batches (run);

    CREATE TRIGGER run_score_batches_go AFTER DELETE ON run_scores BEGIN
      DELETE FROM run_score_batches WHERE run = OLD.run AND NOT EXISTS (SELECT 1 FROM run_scores WHERE run = OLD.run);
    END;
    CREATE TRIGGER run_scores_go_with_conversation AFTER DELETE ON conversation_batches BEGIN
      DELETE FROM run_scores WHERE run IN (SELECT run FROM run_score_batches WHERE batch = OLD.batch);
    END;
    CREATE TRIGGER run_scores_go_with_values AFTER UPDATE OF values_removed_at ON runs WHEN NEW.values_removed_at IS NOT NULL BEGIN
      DELETE FROM run_scores WHERE run = NEW.id;
    END;
    CREATE TRIGGER run_scores_go_with_run AFTER DELETE ON runs BEGIN
      DELETE FROM run_scores WHERE run = OLD.id;
    END;
  `,
};
