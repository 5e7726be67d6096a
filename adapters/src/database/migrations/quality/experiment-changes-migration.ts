import type { Migration } from '../migration.js';

/** Counts the changes that invalidate the table of an experiment, so that a table from before a change is not stored after it. */
export const experimentChangesMigration: Migration = {
  name: 'changes of experiments',
  sql: 'ALTER TABLE experiments ADD COLUMN table_changes INTEGER NOT NULL DEFAULT 0;',
};
