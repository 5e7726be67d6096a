import type { Migration } from '../migration.js';

/**
 * Entities and relations of collections. The counts of an entity are derived from its mentions; the row of a collection serialises its
 * writers. Keys of mentions and relations begin with the document or the entity, because SQLite, which does not know the sizes of tables,
 * would otherwise read a whole collection.
 */
export const knowledgeGraphMigration: Migration = {
  name: 'knowledge graph',
  sql: `
    CREATE TABLE graphs (collection TEXT PRIMARY KEY, changes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE graph_documents (
      collection TEXT NOT NULL, document TEXT NOT NULL, key TEXT NOT NULL, relations INTEGER NOT NULL, error_code TEXT, error_message TEXT,
      PRIMARY KEY (collection, document)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE graph_entities (
      collection TEXT NOT NULL, entity TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, passages INTEGER NOT NULL, documents INTEGER NOT NULL,
      PRIMARY KEY (collection, entity)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX graph_entities_by_passages ON graph_entities (collection, passages DESC, entity);
    CREATE TABLE graph_mentions (
      collection TEXT NOT NULL, entity TEXT NOT NULL, document TEXT NOT NULL, passage TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
      PRIMARY KEY (document, collection, passage, entity)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX graph_mentions_by_entity ON graph_mentions (entity, collection, document, passage);
    CREATE TABLE graph_relations (
      collection TEXT NOT NULL, document TEXT NOT NULL, number INTEGER NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, text TEXT NOT NULL,
      passage TEXT NOT NULL, PRIMARY KEY (document, collection, number)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX graph_relations_by_source ON graph_relations (source, collection, document, number);
    CREATE INDEX graph_relations_by_target ON graph_relations (target, collection, document, number);
  `,
};
