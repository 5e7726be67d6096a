import type { Migration } from '../migration.js';

/** The process that reads a document for its graph, and the findings in passages of documents that are not completely read. */
export const graphClaimsMigration: Migration = {
  name: 'knowledge graph claims',
  sql: `
    CREATE TABLE graph_claims (
      collection TEXT NOT NULL, document TEXT NOT NULL, holder TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (collection, document)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE graph_passages (
      collection TEXT NOT NULL, document TEXT NOT NULL, number INTEGER NOT NULL, key TEXT NOT NULL, passage TEXT NOT NULL, found TEXT NOT NULL,
      PRIMARY KEY (collection, document, number)
    ) STRICT, WITHOUT ROWID;
  `,
};
