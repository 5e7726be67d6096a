import type { Migration } from '../migration.js';

/** Replays of recorded runs, and their rows. The `body` of a replay has the request and the tested workflow. */
export const replaysMigration: Migration = {
  name: 'replays',
  sql: `
    CREATE TABLE replays (
      id TEXT PRIMARY KEY, workflow TEXT NOT NULL, who TEXT NOT NULL, state TEXT NOT NULL, body TEXT NOT NULL, result TEXT,
      created_at REAL NOT NULL, ended_at REAL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX replays_workflow ON replays (workflow, created_at);
    CREATE TABLE replay_rows (
      replay TEXT NOT NULL REFERENCES replays (id) ON DELETE CASCADE, number INTEGER NOT NULL, recorded TEXT NOT NULL, run TEXT,
      status TEXT NOT NULL, is_regression INTEGER NOT NULL DEFAULT 0, body TEXT, PRIMARY KEY (replay, number)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX replay_rows_status ON replay_rows (replay, status, number);
  `,
};
