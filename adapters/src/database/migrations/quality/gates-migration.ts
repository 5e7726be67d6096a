import type { Migration } from '../migration.js';

/**
 * Gates of projects, the checks that were started for their rules, and the versions that callers ever got. Versions from before the gates
 * count as such, so that a rollback stays possible.
 */
export const gatesMigration: Migration = {
  name: 'gates',
  sql: `
    CREATE TABLE gates (
      project TEXT PRIMARY KEY, rules TEXT NOT NULL, revision INTEGER NOT NULL, changed_at REAL NOT NULL, changed_by TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE gate_checks (
      number INTEGER PRIMARY KEY, workflow TEXT NOT NULL, work TEXT NOT NULL, hash TEXT NOT NULL, basis TEXT NOT NULL,
      reference TEXT NOT NULL, result TEXT, created_at REAL NOT NULL
    ) STRICT;
    CREATE INDEX gate_checks_of ON gate_checks (workflow, work, number);
    CREATE TABLE once_live (
      workflow_id TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (workflow_id, version)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO once_live SELECT workflow_id, version FROM versions;
  `,
};
