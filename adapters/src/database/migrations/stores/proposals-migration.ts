import type { Migration } from '../migration.js';

/** Proposals of programs and drafts that chats edit, until a person decides. */
export const proposalsMigration: Migration = {
  name: 'proposals',
  sql: `
    CREATE TABLE proposals (
      number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, project TEXT NOT NULL, kind TEXT NOT NULL, workflow TEXT, state TEXT NOT NULL,
      author TEXT NOT NULL, author_name TEXT NOT NULL, run TEXT, made_at REAL NOT NULL, decided_by TEXT, decided_at REAL, version INTEGER,
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX proposals_of ON proposals (project, state, number);
    CREATE INDEX proposals_of_workflow ON proposals (workflow, number);
    CREATE TRIGGER proposals_go AFTER DELETE ON workflows BEGIN
      DELETE FROM proposals WHERE workflow = OLD.id;
    END;
  `,
};
