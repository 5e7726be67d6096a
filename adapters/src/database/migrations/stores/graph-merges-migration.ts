import type { Migration } from '../migration.js';

/** Entities that a person merged into others, and pairs that a person said are different. */
export const graphMergesMigration: Migration = {
  name: 'merged entities',
  sql: `
    CREATE TABLE graph_merges (
      collection TEXT NOT NULL, entity TEXT NOT NULL, target TEXT NOT NULL, PRIMARY KEY (collection, entity)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE graph_apart (
      collection TEXT NOT NULL, one TEXT NOT NULL, other TEXT NOT NULL, PRIMARY KEY (collection, one, other)
    ) STRICT, WITHOUT ROWID;
  `,
};
