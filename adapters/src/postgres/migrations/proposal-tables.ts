import type { PostgresMigration } from '../migration.js';

/** Proposals of programs and chats, until a person decides about them. */
export const proposalTables: PostgresMigration = {
  name: 'proposals',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.proposals (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text COLLATE "C" NOT NULL UNIQUE, project text COLLATE "C" NOT NULL,
      kind text NOT NULL, workflow text COLLATE "C", state text COLLATE "C" NOT NULL, author text COLLATE "C" NOT NULL,
      author_name text NOT NULL, run text, made_at double precision NOT NULL, decided_by text, decided_at double precision,
      version integer, body text NOT NULL
    );
    CREATE INDEX proposals_of ON $schema.proposals (project, state, number);
    CREATE INDEX proposals_of_workflow ON $schema.proposals (workflow, number);

    CREATE FUNCTION $schema.proposals_go() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      DELETE FROM $schema.proposals WHERE workflow = OLD.id;
      RETURN NULL;
    END $body$;
    CREATE TRIGGER proposals_go AFTER DELETE ON $schema.workflows FOR EACH ROW EXECUTE FUNCTION $schema.proposals_go();
  `,
};
