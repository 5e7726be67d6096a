import type { Migration } from './migration.js';

/** Sources of collections, and the state of their documents at the last sync. */
export const sourcesMigration: Migration = {
  name: 'sources',
  sql: `
    CREATE TABLE sources (
      collection TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, cursor TEXT, listing INTEGER NOT NULL DEFAULT 0,
      is_listing INTEGER NOT NULL DEFAULT 0, revision INTEGER NOT NULL DEFAULT 1, fired_at REAL, synced_at REAL, changed_at REAL, counts TEXT, error TEXT,
      PRIMARY KEY (collection, id)
    ) STRICT;
    CREATE TABLE source_documents (
      collection TEXT NOT NULL, source TEXT NOT NULL, id TEXT NOT NULL, mark TEXT, etag TEXT, url TEXT, note TEXT,
      listing INTEGER NOT NULL, error_code TEXT, error_message TEXT, error_at REAL, PRIMARY KEY (collection, source, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX source_documents_by_listing ON source_documents (collection, source, listing);
    CREATE INDEX source_documents_failed ON source_documents (collection, source, id) WHERE error_code IS NOT NULL;
  `,
};
