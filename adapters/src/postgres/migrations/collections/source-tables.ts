import type { PostgresMigration } from '../../migration.js';

/** Sources of collections, and the known state of their documents since the last sync. */
export const sourceTables: PostgresMigration = {
  name: 'sources',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.sources (
      collection text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, body text NOT NULL, cursor text, listing bigint NOT NULL DEFAULT 0,
      is_listing integer NOT NULL DEFAULT 0, revision bigint NOT NULL DEFAULT 1, fired_at double precision, synced_at double precision,
      changed_at double precision, counts text, error text, PRIMARY KEY (collection, id)
    );
    CREATE TABLE $schema.source_documents (
      collection text COLLATE "C" NOT NULL, source text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, mark text, etag text, url text,
      note text, listing bigint NOT NULL, error_code text, error_message text, error_at double precision, PRIMARY KEY (collection, source, id)
    );
    CREATE INDEX source_documents_by_listing ON $schema.source_documents (collection, source, listing);
    CREATE INDEX source_documents_failed ON $schema.source_documents (collection, source, id) WHERE error_code IS NOT NULL;
  `,
};
