import type { Migration } from '../migration.js';

/**
 * Long-term facts about a subject of a workflow. The key, text and vector of a fact are sealed with a key of its own, so that erasing that
 * key erases them.
 */
export const factsMigration: Migration = {
  name: 'facts',
  sql: `
    CREATE TABLE facts (
      number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, project TEXT NOT NULL, workflow TEXT NOT NULL, subject TEXT NOT NULL,
      content BLOB NOT NULL, model TEXT, vector BLOB, label TEXT NOT NULL, level INTEGER NOT NULL, run TEXT, thread TEXT,
      created_at REAL NOT NULL, updated_at REAL NOT NULL, expires_at REAL
    ) STRICT;
    CREATE INDEX facts_of ON facts (project, subject, workflow, updated_at);
    CREATE INDEX facts_by_time ON facts (updated_at, id);
    CREATE INDEX facts_by_end ON facts (expires_at) WHERE expires_at IS NOT NULL;
    -- Rows are overwritten in place, never removed, as those of conversation_keys.
    CREATE TABLE fact_keys (number INTEGER PRIMARY KEY, key BLOB NOT NULL) STRICT;
    -- The writes that happened, so that a repeated step writes nothing.
    CREATE TABLE fact_batches (batch TEXT PRIMARY KEY, time REAL NOT NULL) STRICT, WITHOUT ROWID;

    -- How long a project keeps conversations and facts of a kind of subject, from a level on; an empty kind is every kind.
    CREATE TABLE retention_rules (
      project TEXT NOT NULL, subject_kind TEXT NOT NULL, level INTEGER NOT NULL, days INTEGER NOT NULL,
      PRIMARY KEY (project, subject_kind, level)
    ) STRICT, WITHOUT ROWID;
  `,
};
