import type { PostgresMigration } from '../../migration.js';

/** Which process reads a document for the graph, and what was found so far in documents that are not completely read. */
export const graphClaimTables: PostgresMigration = {
  name: 'knowledge graph claims',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.graph_claims (
      collection text COLLATE "C" NOT NULL, document text COLLATE "C" NOT NULL, holder text NOT NULL, until bigint NOT NULL,
      PRIMARY KEY (collection, document)
    );
    CREATE TABLE $schema.graph_passages (
      collection text COLLATE "C" NOT NULL, document text COLLATE "C" NOT NULL, number integer NOT NULL, key text COLLATE "C" NOT NULL,
      passage text COLLATE "C" NOT NULL, found text NOT NULL, PRIMARY KEY (collection, document, number)
    );
  `,
};
