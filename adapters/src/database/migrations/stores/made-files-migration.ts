import type { Migration } from '../migration.js';

/** The files that were created in the data folder, so that a missing one is noticed. */
export const madeFilesMigration: Migration = {
  name: 'files beside the database',
  sql: `
    -- Which files were there once: one that is missing later was lost, and is not begun anew in silence.
    CREATE TABLE made_files (name TEXT PRIMARY KEY, made_at REAL NOT NULL) STRICT, WITHOUT ROWID;
  `,
};
