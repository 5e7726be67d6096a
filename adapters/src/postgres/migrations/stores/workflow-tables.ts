import type { PostgresMigration } from '../../migration.js';

/** Stored workflows. Dependent rows are deleted with their workflow. */
export const workflowTables: PostgresMigration = {
  name: 'workflows',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.workflows (
      id text COLLATE "C" PRIMARY KEY, slug text COLLATE "C" NOT NULL UNIQUE, revision integer NOT NULL,
      created_at bigint NOT NULL, updated_at bigint NOT NULL, document text NOT NULL
    );
    CREATE INDEX workflows_by_change ON $schema.workflows (updated_at DESC, slug);

    CREATE FUNCTION $schema.workflow_goes() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      DELETE FROM $schema.ab_tests WHERE workflow_id = OLD.id;
      RETURN NULL;
    END $body$;
    CREATE TRIGGER workflow_goes AFTER DELETE ON $schema.workflows FOR EACH ROW EXECUTE FUNCTION $schema.workflow_goes();
  `,
};
