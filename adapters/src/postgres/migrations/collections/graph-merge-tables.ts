import type { PostgresMigration } from '../../migration.js';

/** Entities that a person merged into others, and pairs that a person marked as different. */
export const graphMergeTables: PostgresMigration = {
  name: 'merged entities',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.graph_merges (
      collection text COLLATE "C" NOT NULL, entity text COLLATE "C" NOT NULL, target text COLLATE "C" NOT NULL,
      PRIMARY KEY (collection, entity)
    );
    CREATE TABLE $schema.graph_apart (
      collection text COLLATE "C" NOT NULL, one text COLLATE "C" NOT NULL, other text COLLATE "C" NOT NULL,
      PRIMARY KEY (collection, one, other)
    );
  `,
};
