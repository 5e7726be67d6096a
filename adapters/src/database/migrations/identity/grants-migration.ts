import type { Migration } from '../migration.js';

/** The projects that may use a connection, model, tool and so on: a JSON array of project ids for each. Without a row, its kind decides. */
export const grantsMigration: Migration = {
  name: 'grants to projects',
  sql: `
    CREATE TABLE grants (kind TEXT NOT NULL, id TEXT NOT NULL, projects TEXT NOT NULL, PRIMARY KEY (kind, id)) STRICT, WITHOUT ROWID;
  `,
};
