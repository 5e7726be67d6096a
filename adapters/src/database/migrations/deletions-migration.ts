import type { Migration } from './migration.js';

/** What a person deleted and can still restore. Nobody sees it meanwhile; after a few seconds it is removed. */
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
