import type { Migration } from '../migration.js';

/** How people rated answers that judges rated too. A judge is identified by the hash of its kind, config and prompt. */
export const calibrationsMigration: Migration = {
  name: 'calibrations of judges',
  sql: `
    CREATE TABLE judges (
      project TEXT NOT NULL, judge TEXT NOT NULL, evaluator TEXT NOT NULL, updated_at REAL NOT NULL, PRIMARY KEY (project, judge)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE judge_pairs (
      project TEXT NOT NULL, judge TEXT NOT NULL, subject TEXT NOT NULL, who TEXT NOT NULL, judged REAL NOT NULL, person REAL NOT NULL,
      PRIMARY KEY (project, judge, subject, who),
      FOREIGN KEY (project, judge) REFERENCES judges (project, judge) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
  `,
};
