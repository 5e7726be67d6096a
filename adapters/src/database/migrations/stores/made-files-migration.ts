import type { Migration } from '../migration.js';

/** Which files of the data folder existed once. */
export const madeFilesMigration: Migration = {
  name: 'files beside the database',
  sql: `
    -- Which files were there once: one that is missing later was lost, and is not begun anew in silence.
    CREATE TABLE made_files (name TEXT PRIMARY KEY, made_at REAL NOT NULL) STRICT, WITHOUT ROWID;
  `,
};
