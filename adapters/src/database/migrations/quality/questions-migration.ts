import type { Migration } from '../migration.js';

/**
 * Questions that a model writes for a dataset, while the job runs. An attempt is settled once, together with its row. When the job ends,
 * the rows are added to the dataset and all of this is removed.
 */
export const questionsMigration: Migration = {
  name: 'questions from collections',
  sql: `
    CREATE TABLE question_jobs (
      id TEXT PRIMARY KEY, dataset TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE, owner TEXT NOT NULL, project TEXT NOT NULL,
      body TEXT NOT NULL, report TEXT NOT NULL, is_planned INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE question_attempts (
      job TEXT NOT NULL REFERENCES question_jobs (id) ON DELETE CASCADE, number INTEGER NOT NULL, body TEXT NOT NULL,
      is_settled INTEGER NOT NULL DEFAULT 0, row TEXT, PRIMARY KEY (job, number)
    ) STRICT, WITHOUT ROWID;
  `,
};
