import type { PostgresMigration } from '../../migration.js';

/** The beginnings of the question and the answer of a run, for lists. They are deleted with its values. */
export const excerptTables: PostgresMigration = {
  name: 'first words of runs',
  minReader: 1,
  minWriter: 1,
  sql: `
    ALTER TABLE $schema.runs ADD COLUMN question text, ADD COLUMN answer text;
    CREATE FUNCTION $schema.run_excerpts_go() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      NEW.question := NULL;
      NEW.answer := NULL;
      RETURN NEW;
    END $body$;
    CREATE TRIGGER run_excerpts_go BEFORE UPDATE OF values_removed_at ON $schema.runs
      FOR EACH ROW WHEN (NEW.values_removed_at IS NOT NULL) EXECUTE FUNCTION $schema.run_excerpts_go();
  `,
};
