import type { PostgresMigration } from '../../migration.js';

/** Which bucket has the files of the database, at most one. Programs of the version before go on: they know no bucket. */
export const fileTables: PostgresMigration = {
  name: 'the bucket of files',
  minReader: 1,
  minWriter: 1,
  sql: 'CREATE TABLE $schema.noted_bucket (one integer PRIMARY KEY CHECK (one = 1), bucket text NOT NULL, name text NOT NULL)',
};
