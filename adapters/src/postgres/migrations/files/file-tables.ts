import type { PostgresMigration } from '../../migration.js';

/** The bucket with the files of this database, if there is one. Programs of the previous version still work, and ignore it. */
export const fileTables: PostgresMigration = {
  name: 'the bucket of files',
  minReader: 1,
  minWriter: 1,
  sql: 'CREATE TABLE $schema.noted_bucket (one integer PRIMARY KEY CHECK (one = 1), bucket text NOT NULL, name text NOT NULL)',
};
