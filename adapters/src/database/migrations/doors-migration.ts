import type { Migration } from './migration.js';

/** The channels of published workflows (named doors at that time), the deliveries to them, and batches of runs. */
export const doorsMigration: Migration = {
  name: 'doors: webhooks, schedules, share pages, batches',
  sql: `
    CREATE TABLE doors (
      id TEXT PRIMARY KEY, kind TEXT NOT NULL, workflow_id TEXT NOT NULL, owner TEXT NOT NULL, body TEXT NOT NULL, secret BLOB,
      token_hash TEXT UNIQUE, created_at REAL NOT NULL, fired_at REAL, day REAL, day_runs INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX doors_of ON doors (workflow_id, kind);

    CREATE TABLE deliveries (
      number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, door TEXT NOT NULL, run TEXT NOT NULL, event TEXT NOT NULL, ask TEXT,
      status TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, created_at REAL NOT NULL, next_at REAL, ended_at REAL, error TEXT
    ) STRICT;
    CREATE INDEX deliveries_due ON deliveries (next_at) WHERE status = 'waiting';
    CREATE INDEX deliveries_of ON deliveries (door, number);

    CREATE TABLE batches (
      id TEXT PRIMARY KEY, workflow_id TEXT NOT NULL, owner TEXT NOT NULL, state TEXT NOT NULL, body TEXT NOT NULL, created_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX batches_of ON batches (workflow_id, created_at);
    CREATE TABLE batch_rows (
      batch TEXT NOT NULL, number INTEGER NOT NULL, inputs TEXT NOT NULL, status TEXT NOT NULL, attempt INTEGER NOT NULL, run TEXT, error TEXT,
      PRIMARY KEY (batch, number)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX batch_rows_by_status ON batch_rows (batch, status);
    CREATE INDEX batch_rows_by_run ON batch_rows (run) WHERE run IS NOT NULL;

    -- Whatever opened a workflow goes with it.
    CREATE TRIGGER doors_go AFTER DELETE ON workflows BEGIN
      DELETE FROM deliveries WHERE door IN (SELECT id FROM doors WHERE workflow_id = OLD.id);
      DELETE FROM doors WHERE workflow_id = OLD.id;
      DELETE FROM batch_rows WHERE batch IN (SELECT id FROM batches WHERE workflow_id = OLD.id);
      DELETE FROM batches WHERE workflow_id = OLD.id;
    END;
  `,
};
