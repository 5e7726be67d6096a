import type { Migration } from '../migration.js';

/**
 * Monitors, the runs that they judge, and samples of runs that are compared.
 *
 * When a run ends, the same commit queues it for the active monitors of its workflow. Its queue entry and its sample are deleted with its
 * values, with the run, and with the conversation that it wrote.
 */
export const monitorsMigration: Migration = {
  name: 'monitors',
  sql: `
    CREATE TABLE monitors (
      id TEXT PRIMARY KEY, project TEXT NOT NULL, workflow TEXT NOT NULL, owner TEXT NOT NULL, setup TEXT NOT NULL, metrics TEXT NOT NULL,
      is_paused INTEGER NOT NULL DEFAULT 0, reason TEXT, last_error TEXT, drift TEXT NOT NULL, created_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX monitors_by_workflow ON monitors (workflow, is_paused);

    CREATE TABLE monitor_queue (run INTEGER PRIMARY KEY) STRICT;
    CREATE TABLE monitor_runs (
      number INTEGER PRIMARY KEY AUTOINCREMENT, monitor TEXT NOT NULL REFERENCES monitors (id) ON DELETE CASCADE, run INTEGER NOT NULL,
      -- Set before a run leaves because it was judged: what leaves without it was removed.
      is_over INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE UNIQUE INDEX monitor_runs_of ON monitor_runs (run, monitor);
    CREATE INDEX monitor_runs_waiting ON monitor_runs (monitor, number);

    CREATE TABLE monitor_counts (
      monitor TEXT NOT NULL REFERENCES monitors (id) ON DELETE CASCADE, outcome TEXT NOT NULL, runs INTEGER NOT NULL,
      PRIMARY KEY (monitor, outcome)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE monitor_days (
      monitor TEXT NOT NULL REFERENCES monitors (id) ON DELETE CASCADE, day INTEGER NOT NULL, runs INTEGER NOT NULL, cost REAL NOT NULL,
      is_spent INTEGER NOT NULL, PRIMARY KEY (monitor, day)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE monitor_samples (
      number INTEGER PRIMARY KEY AUTOINCREMENT, monitor TEXT NOT NULL REFERENCES monitors (id) ON DELETE CASCADE, run TEXT NOT NULL,
      is_reference INTEGER NOT NULL, label TEXT NOT NULL, body TEXT NOT NULL, vector BLOB
    ) STRICT;
    CREATE UNIQUE INDEX monitor_samples_of ON monitor_samples (run, monitor);
    CREATE INDEX monitor_samples_by_monitor ON monitor_samples (monitor, is_reference, number);

    CREATE TRIGGER monitor_run_ends AFTER UPDATE OF ended_at ON runs
    WHEN NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL AND NEW.run_trigger NOT IN ('test', 'replay')
      AND EXISTS (SELECT 1 FROM monitors WHERE workflow = NEW.workflow_id AND is_paused = 0)
    BEGIN
      INSERT OR IGNORE INTO monitor_queue VALUES (NEW.number);
    END;
    CREATE TRIGGER monitor_values_go AFTER UPDATE OF values_removed_at ON runs WHEN NEW.values_removed_at IS NOT NULL BEGIN
      DELETE FROM monitor_samples WHERE run = NEW.id;
      DELETE FROM monitor_runs WHERE run = NEW.number;
    END;
    CREATE TRIGGER monitor_run_goes AFTER DELETE ON runs BEGIN
      DELETE FROM monitor_queue WHERE run = OLD.number;
      DELETE FROM monitor_samples WHERE run = OLD.id;
      DELETE FROM monitor_runs WHERE run = OLD.number;
    END;
    CREATE TRIGGER monitor_run_removed AFTER DELETE ON monitor_runs
    WHEN OLD.is_over = 0 AND EXISTS (SELECT 1 FROM monitors WHERE id = OLD.monitor)
    BEGIN
      INSERT INTO monitor_counts (monitor, outcome, runs) VALUES (OLD.monitor, 'skipped:removed', 1)
        ON CONFLICT (monitor, outcome) DO UPDATE SET runs = runs + 1;
    END;
    CREATE TRIGGER monitors_go_with_workflow AFTER DELETE ON workflows BEGIN
      DELETE FROM owned WHERE kind = 'monitor' AND id IN (SELECT id FROM monitors WHERE workflow = OLD.id);
      DELETE FROM monitors WHERE workflow = OLD.id;
    END;

    DROP TRIGGER run_score_batches_go;
    CREATE TRIGGER run_score_batches_go AFTER DELETE ON run_scores BEGIN
      DELETE FROM run_score_batches WHERE run = OLD.run AND NOT EXISTS (SELECT 1 FROM run_scores WHERE run = OLD.run)
        AND NOT EXISTS (SELECT 1 FROM monitor_samples WHERE run = OLD.run);
    END;
    CREATE TRIGGER monitor_sample_batches_go AFTER DELETE ON monitor_samples BEGIN
      DELETE FROM run_score_batches WHERE run = OLD.run AND NOT EXISTS (SELECT 1 FROM run_scores WHERE run = OLD.run)
        AND NOT EXISTS (SELECT 1 FROM monitor_samples WHERE run = OLD.run);
    END;
    DROP TRIGGER run_scores_go_with_conversation;
    CREATE TRIGGER run_scores_go_with_conversation AFTER DELETE ON conversation_batches BEGIN
      DELETE FROM monitor_samples WHERE run IN (SELECT run FROM run_score_batches WHERE batch = OLD.batch);
      DELETE FROM run_scores WHERE run IN (SELECT run FROM run_score_batches WHERE batch = OLD.batch);
    END;
  `,
};
