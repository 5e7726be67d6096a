import type { Migration } from '../migration.js';

/** Counts what makes a table of an experiment wrong, so that one which was computed before is not stored after. */
export const experimentChangesMigration: Migration = {
  name: 'changes of experiments',
  sql: 'ALTER TABLE experiments ADD COLUMN table_changes INTEGER NOT NULL DEFAULT 0;',
};
