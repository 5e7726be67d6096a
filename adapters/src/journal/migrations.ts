import type Database from 'better-sqlite3';
import { HeddleError } from '@heddle/core';
import { failpoint } from './failpoint.js';

/** One step of the schema. Steps are never changed once released; a new one is added at the end. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/**
 * The schema of heddle.db.
 *
 * `records` has one row for an execution (its end, with seq and time of its start) and one for any other record. It is filled
 * in the order of commits, so that a commit of many runs touches few pages; the index finds a run's rows.
 */
export const migrations: readonly Migration[] = [
  {
    name: 'workflows, jobs, runs',
    sql: `
      CREATE TABLE workflows (
        id TEXT PRIMARY KEY, slug TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL,
        created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, document TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE jobs (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, status TEXT NOT NULL, subject TEXT NOT NULL,
        progress TEXT NOT NULL, result TEXT, error TEXT, created_at REAL NOT NULL, ended_at REAL
      ) STRICT;
      CREATE INDEX jobs_open ON jobs (status) WHERE status IN ('queued', 'running');

      CREATE TABLE bundles (hash TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT, WITHOUT ROWID;

      CREATE TABLE runs (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, workflow_id TEXT, workflow_name TEXT NOT NULL,
        status TEXT NOT NULL, run_trigger TEXT NOT NULL, root_id TEXT NOT NULL, origin TEXT,
        accepted_at REAL NOT NULL, started_at REAL, ended_at REAL, wake_at REAL,
        input_tokens INTEGER NOT NULL DEFAULT 0, output_tokens INTEGER NOT NULL DEFAULT 0, cost REAL NOT NULL DEFAULT 0,
        error TEXT, bundle TEXT NOT NULL REFERENCES bundles (hash), acceptance TEXT NOT NULL, blobs TEXT
      ) STRICT;
      CREATE INDEX runs_by_time ON runs (accepted_at);
      CREATE INDEX runs_by_workflow ON runs (workflow_id, accepted_at) WHERE workflow_id IS NOT NULL;
      CREATE INDEX runs_by_status ON runs (status, accepted_at);
      CREATE INDEX runs_due ON runs (wake_at) WHERE wake_at IS NOT NULL;

      CREATE TABLE records (
        number INTEGER PRIMARY KEY, run INTEGER NOT NULL, seq INTEGER NOT NULL, type TEXT NOT NULL, time REAL NOT NULL,
        path TEXT, attempt INTEGER, start_seq INTEGER, start_time REAL, body TEXT, blobs TEXT
      ) STRICT;
      CREATE UNIQUE INDEX records_by_run ON records (run, seq);

      CREATE TABLE asks (
        run INTEGER NOT NULL, ask_id TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (run, ask_id)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE deltas (
        number INTEGER PRIMARY KEY, run INTEGER NOT NULL, path TEXT NOT NULL, attempt INTEGER NOT NULL, port TEXT NOT NULL,
        start INTEGER NOT NULL, text TEXT NOT NULL
      ) STRICT;
      CREATE INDEX deltas_by_run ON deltas (run, path);
    `,
  },
  {
    name: 'retention',
    sql: `
      ALTER TABLE runs ADD COLUMN values_removed_at REAL;
      CREATE INDEX runs_by_bundle ON runs (bundle);
      CREATE INDEX runs_by_origin ON runs (origin) WHERE origin IS NOT NULL;

      -- What was begun and is left to remove of a run: all of it ('run') or its values ('values'), after this seq.
      CREATE TABLE removals (run INTEGER PRIMARY KEY, what TEXT NOT NULL, after INTEGER NOT NULL DEFAULT 0) STRICT;
    `,
  },
  {
    name: 'connections and secrets',
    sql: `
      CREATE TABLE connections (id TEXT PRIMARY KEY, body TEXT NOT NULL, updated_at REAL NOT NULL) STRICT, WITHOUT ROWID;

      CREATE TABLE secrets (name TEXT PRIMARY KEY, sealed BLOB NOT NULL, updated_at REAL NOT NULL) STRICT, WITHOUT ROWID;
    `,
  },
];

/**
 * Brings a database to the newest schema. Each step and its number are one transaction, so a kill in the middle leaves the
 * version before it. Errors: `storage_newer`.
 */
export function migrate(connection: Database.Database, file: string, steps: readonly Migration[] = migrations): void {
  const version = schemaVersion(connection);
  if (version > steps.length) {
    throw new HeddleError(
      'storage_newer',
      `${file} was written by a newer Heddle (schema ${version}, this one knows ${steps.length}): update Heddle, or restore a backup made before.`,
      {
        details: { place: file, found: version, known: steps.length },
      },
    );
  }
  steps.slice(version).forEach((step, index) => {
    connection
      .transaction(() => {
        // Another process may have made this step while we waited for the lock.
        if (schemaVersion(connection) !== version + index) return;
        connection.exec(step.sql);
        failpoint('migration-middle');
        connection.pragma(`user_version = ${version + index + 1}`);
      })
      .immediate();
  });
}

function schemaVersion(connection: Database.Database): number {
  return Number(connection.pragma('user_version', { simple: true }));
}
