import type { Migration } from '../migration.js';

/** The library of prompts. A version never changes; labels point to versions. */
export const promptsMigration: Migration = {
  name: 'prompts',
  sql: `
    CREATE TABLE prompts (
      id TEXT PRIMARY KEY, project TEXT NOT NULL, name TEXT NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL, owners TEXT NOT NULL,
      version INTEGER NOT NULL, created_at REAL NOT NULL, updated_at REAL NOT NULL, UNIQUE (project, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE prompt_versions (
      prompt TEXT NOT NULL REFERENCES prompts (id) ON DELETE CASCADE, version INTEGER NOT NULL, hash TEXT NOT NULL, content TEXT NOT NULL,
      note TEXT NOT NULL, who TEXT NOT NULL, created_at REAL NOT NULL, PRIMARY KEY (prompt, version)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE prompt_labels (
      prompt TEXT NOT NULL REFERENCES prompts (id) ON DELETE CASCADE, label TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (prompt, label)
    ) STRICT, WITHOUT ROWID;
  `,
};
