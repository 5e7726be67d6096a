import type { Migration } from './migration.js';

/** Files that callers upload for batches, and the batches that were started with them. */
export const openAiFilesMigration: Migration = {
  name: 'files and batches of OpenAI’s clients',
  sql: `
    CREATE TABLE openai_files (
      id TEXT PRIMARY KEY, project TEXT NOT NULL, owner TEXT NOT NULL, purpose TEXT NOT NULL, name TEXT NOT NULL,
      bytes INTEGER NOT NULL, blob TEXT NOT NULL, created_at REAL NOT NULL, expires_at REAL NOT NULL
    ) STRICT;
    CREATE INDEX openai_files_of_owner ON openai_files (owner, project, created_at);
    CREATE INDEX openai_files_by_expiry ON openai_files (expires_at);
    CREATE TABLE openai_batches (
      id TEXT PRIMARY KEY, project TEXT NOT NULL, owner TEXT NOT NULL, workflow TEXT NOT NULL, batch TEXT NOT NULL UNIQUE,
      body TEXT NOT NULL, input TEXT NOT NULL, created_at REAL NOT NULL, cancelled_at REAL, ended_at REAL, output_file TEXT,
      error_file TEXT
    ) STRICT;
    CREATE INDEX openai_batches_of_owner ON openai_batches (owner, project, created_at);
  `,
};
