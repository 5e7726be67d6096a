import type { Migration } from '../../migration.js';

/** The queries that models wrote for the questions of labs, and the cost of each call. They are deleted with their lab. */
export const labRewritingsMigration: Migration = {
  name: 'rewritings of labs',
  sql: `
    CREATE TABLE lab_rewritings (
      lab TEXT NOT NULL REFERENCES labs (id) ON DELETE CASCADE, kind TEXT NOT NULL, model TEXT NOT NULL, row TEXT NOT NULL, queries TEXT NOT NULL,
      ms REAL NOT NULL, cost REAL, currency TEXT, PRIMARY KEY (lab, kind, model, row)
    ) STRICT, WITHOUT ROWID;
  `,
};
