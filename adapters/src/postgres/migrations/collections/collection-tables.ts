import type { PostgresMigration } from '../../migration.js';

/** Data beside collections: their titles, and the headers of their passages. */
export const collectionTables: PostgresMigration = {
  name: 'titles and headers of collections',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.collection_titles (name text COLLATE "C" PRIMARY KEY, title text NOT NULL);
    CREATE TABLE $schema.passage_headers (
      collection text COLLATE "C" NOT NULL, document text COLLATE "C" NOT NULL, key bytea NOT NULL, hash text COLLATE "C" NOT NULL,
      text text NOT NULL, PRIMARY KEY (collection, document, key)
    );
  `,
};
