import type { Migration } from '../migration.js';

/** Deletions that can still be undone. The deleted items stay hidden, and the server removes them after some seconds. */
export const deletionsMigration: Migration = {
  name: 'deletions that can be undone',
  sql: `
    -- within: the collection of a document, else ''. slug: of a workflow. passages: of a document.
    CREATE TABLE deletions (
      kind TEXT NOT NULL, within TEXT NOT NULL, id TEXT NOT NULL, slug TEXT, passages INTEGER, who TEXT NOT NULL, project TEXT,
      time REAL NOT NULL, PRIMARY KEY (kind, within, id)
    ) STRICT, WITHOUT ROWID;
  `,
};
