import type { Migration } from '../../migration.js';

/**
 * Labs of collections, their configurations, and the scores of each configuration for each question. They are deleted with their dataset.
 */
export const labsMigration: Migration = {
  name: 'labs',
  sql: `
    CREATE TABLE labs (
      id TEXT PRIMARY KEY, dataset TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE, version INTEGER NOT NULL, project TEXT NOT NULL,
      owner TEXT NOT NULL, request TEXT NOT NULL, job TEXT NOT NULL DEFAULT '', questions INTEGER NOT NULL, skipped INTEGER NOT NULL,
      best TEXT, created_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX labs_by_dataset ON labs (dataset, created_at);
    CREATE TABLE lab_configurations (
      lab TEXT NOT NULL REFERENCES labs (id) ON DELETE CASCADE, number INTEGER NOT NULL, body TEXT NOT NULL,
      status TEXT NOT NULL DEFAULT 'waiting', questions INTEGER NOT NULL DEFAULT 0, ndcg REAL, recall REAL, mrr REAL, search_ms REAL,
      passages INTEGER, index_ms REAL, PRIMARY KEY (lab, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE lab_answers (
      lab TEXT NOT NULL, configuration INTEGER NOT NULL, row TEXT NOT NULL, ndcg REAL NOT NULL, recall REAL NOT NULL, mrr REAL NOT NULL,
      ms REAL NOT NULL, PRIMARY KEY (lab, configuration, row),
      FOREIGN KEY (lab, configuration) REFERENCES lab_configurations (lab, number) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
  `,
};
