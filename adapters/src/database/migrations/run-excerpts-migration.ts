import type { Migration } from './migration.js';

/** The beginning of a run's question and answer, for lists. It is deleted with the values of the run. */
export const runExcerptsMigration: Migration = {
  name: 'first words of runs',
  sql: `
    ALTER TABLE runs ADD COLUMN question TEXT;
    ALTER TABLE runs ADD COLUMN answer TEXT;
    CREATE TRIGGER run_excerpts_go AFTER UPDATE OF values_removed_at ON runs BEGIN
      UPDATE runs SET question = NULL, answer = NULL WHERE number = NEW.number;
    END;
  `,
};
