import type { Migration } from '../migration.js';

/** Marks on data that retention removes a day later. */
export const retentionMarksMigration: Migration = {
  name: 'retention-marks',
  sql: `
    -- What is to be removed a day later: everything of a class that ended before 'before', of runs those up to the number 'newest'.
    CREATE TABLE retention_marks (
      class TEXT NOT NULL, marked_at REAL NOT NULL, before REAL NOT NULL, newest INTEGER NOT NULL, PRIMARY KEY (class, marked_at)
    ) STRICT, WITHOUT ROWID;
  `,
};
