import type { Migration } from '../migration.js';

/**
 * Sums of runs and model calls by minute, hour and day.
 *
 * A run is queued in the commit of its end and removed from the queue in the commit that counts it, so it is counted once. Runs that ended
 * earlier are in the backlog. Calls are only appended, so a mark is enough for them.
 */
export const rollupsMigration: Migration = {
  name: 'rollups of runs',
  sql: `
    CREATE TABLE rollup_queue (run INTEGER PRIMARY KEY) STRICT;
    CREATE TABLE rollup_backlog (run INTEGER PRIMARY KEY) STRICT;
    INSERT INTO rollup_backlog SELECT number FROM runs WHERE status IN ('done', 'failed', 'cancelled');
    CREATE TRIGGER rollup_run_ends AFTER UPDATE OF ended_at ON runs WHEN NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL BEGIN
      INSERT OR IGNORE INTO rollup_queue VALUES (NEW.number);
    END;
    CREATE TRIGGER rollup_run_goes AFTER DELETE ON runs BEGIN
      DELETE FROM rollup_queue WHERE run = OLD.number;
      DELETE FROM rollup_backlog WHERE run = OLD.number;
    END;

    -- calls: counted up to here; calls-before: of those before the upgrade, this and lower ones wait.
    CREATE TABLE rollup_marks (name TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    INSERT INTO rollup_marks SELECT 'calls', coalesce(max(number), 0) FROM model_calls;
    INSERT INTO rollup_marks SELECT 'calls-before', coalesce(max(number), 0) FROM model_calls;

    CREATE TABLE rollup_groups (
      id INTEGER PRIMARY KEY, project TEXT NOT NULL, workflow TEXT NOT NULL, version INTEGER NOT NULL, key TEXT NOT NULL,
      channel TEXT NOT NULL, UNIQUE (project, workflow, version, key, channel)
    ) STRICT;

    CREATE TABLE rollup_runs (
      unit INTEGER NOT NULL, start INTEGER NOT NULL, grp INTEGER NOT NULL, model TEXT NOT NULL, status TEXT NOT NULL, code TEXT NOT NULL,
      runs INTEGER NOT NULL, durations BLOB NOT NULL, PRIMARY KEY (unit, start, grp, model, status, code)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE rollup_calls (
      unit INTEGER NOT NULL, start INTEGER NOT NULL, grp INTEGER NOT NULL, model TEXT NOT NULL, currency TEXT NOT NULL,
      calls INTEGER NOT NULL, failed INTEGER NOT NULL, input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, cost REAL NOT NULL,
      first_tokens BLOB NOT NULL, PRIMARY KEY (unit, start, grp, model, currency)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE rollup_savings (
      unit INTEGER NOT NULL, start INTEGER NOT NULL, grp INTEGER NOT NULL, model TEXT NOT NULL, source TEXT NOT NULL, currency TEXT NOT NULL,
      money REAL NOT NULL, PRIMARY KEY (unit, start, grp, model, source, currency)
    ) STRICT, WITHOUT ROWID;
    -- No message: it is read from the newest run, if that is still there and may be read.
    CREATE TABLE rollup_causes (
      unit INTEGER NOT NULL, start INTEGER NOT NULL, grp INTEGER NOT NULL, model TEXT NOT NULL, cause TEXT NOT NULL, code TEXT NOT NULL,
      node TEXT NOT NULL, runs INTEGER NOT NULL, last_run TEXT NOT NULL, last_at REAL NOT NULL,
      PRIMARY KEY (unit, start, grp, model, cause)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX run_feedback_by_time ON run_feedback (updated_at);
  `,
};
