import type { Migration } from '../migration.js';

/** Which projects may use what: a JSON list of project ids for each thing. A thing without a row is decided by its kind. */
export const grantsMigration: Migration = {
  name: 'grants to projects',
  sql: `
    CREATE TABLE grants (kind TEXT NOT NULL, id TEXT NOT NULL, projects TEXT NOT NULL, PRIMARY KEY (kind, id)) STRICT, WITHOUT ROWID;
  `,
};
