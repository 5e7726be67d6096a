import type { PostgresMigration } from '../../migration.js';

/**
 * Entities and relations of collections. The counts of an entity follow from its mentions. The row of a collection serialises its writers.
 * Keys of mentions and relations begin with the document or the entity: SQLite, which has no statistics about table sizes, would otherwise
 * read a whole collection.
 */
export const graphTables: PostgresMigration = {
  name: 'knowledge graph',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.graphs (collection text COLLATE "C" PRIMARY KEY, changes bigint NOT NULL);
    CREATE TABLE $schema.graph_documents (
      collection text COLLATE "C" NOT NULL, document text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, relations integer NOT NULL,
      error_code text, error_message text, PRIMARY KEY (collection, document)
    );
    CREATE TABLE $schema.graph_entities (
      collection text COLLATE "C" NOT NULL, entity text COLLATE "C" NOT NULL, name text NOT NULL, type text NOT NULL, passages integer NOT NULL,
      documents integer NOT NULL, PRIMARY KEY (collection, entity)
    );
    CREATE INDEX graph_entities_by_passages ON $schema.graph_entities (collection, passages DESC, entity);
    CREATE TABLE $schema.graph_mentions (
      collection text COLLATE "C" NOT NULL, entity text COLLATE "C" NOT NULL, document text COLLATE "C" NOT NULL, passage text COLLATE "C" NOT NULL,
      name text NOT NULL, type text NOT NULL, PRIMARY KEY (document, collection, passage, entity)
    );
    CREATE INDEX graph_mentions_by_entity ON $schema.graph_mentions (entity, collection, document, passage);
    CREATE TABLE $schema.graph_relations (
      collection text COLLATE "C" NOT NULL, document text COLLATE "C" NOT NULL, number integer NOT NULL, source text COLLATE "C" NOT NULL,
      target text COLLATE "C" NOT NULL, text text NOT NULL, passage text COLLATE "C" NOT NULL, PRIMARY KEY (document, collection, number)
    );
    CREATE INDEX graph_relations_by_source ON $schema.graph_relations (source, collection, document, number);
    CREATE INDEX graph_relations_by_target ON $schema.graph_relations (target, collection, document, number);
  `,
};
