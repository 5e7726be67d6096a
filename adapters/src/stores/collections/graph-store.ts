import type {
  GraphDocumentState,
  GraphEntity,
  GraphMention,
  GraphStore,
  GuardedWrite,
  NumberedRelation,
  Tables,
} from '@heddle/core';

interface DocumentRow {
  readonly document: string;
  readonly key: string;
  readonly relations: number;
  readonly error_code: string | null;
  readonly error_message: string | null;
}

const entity = 'entity AS id, name, type, passages, documents';
const mention = 'entity, document, passage, name, type';
const among = 'collection = @collection AND document IN (EACH @documents)';

const sql = {
  lock: `INSERT INTO graphs (collection, changes) VALUES (@collection, 1)
    ON CONFLICT (collection) DO UPDATE SET changes = graphs.changes + 1`,
  uncount: `UPDATE graph_entities SET
      passages = passages - (SELECT count(*) FROM graph_mentions m
        WHERE m.collection = @collection AND m.entity = graph_entities.entity AND m.document IN (EACH @documents)),
      documents = documents - (SELECT count(DISTINCT m.document) FROM graph_mentions m
        WHERE m.collection = @collection AND m.entity = graph_entities.entity AND m.document IN (EACH @documents))
    WHERE collection = @collection AND entity IN (SELECT entity FROM graph_mentions WHERE ${among})`,
  count: `INSERT INTO graph_entities (collection, entity, name, type, passages, documents)
    SELECT collection, entity, max(name), max(type), count(*), 1 FROM graph_mentions
      WHERE collection = @collection AND document = @document GROUP BY collection, entity
    ON CONFLICT (collection, entity) DO UPDATE SET
      name = CASE WHEN excluded.type = 'document' THEN graph_entities.name ELSE excluded.name END,
      type = CASE WHEN excluded.type = 'document' THEN graph_entities.type ELSE excluded.type END,
      passages = graph_entities.passages + excluded.passages, documents = graph_entities.documents + 1`,
  dropEmpty: 'DELETE FROM graph_entities WHERE collection = @collection AND passages <= 0',
  mention: `INSERT INTO graph_mentions (collection, ${mention}) VALUES (@collection, @entity, @document, @passage, @name, @type)
    ON CONFLICT (collection, entity, document, passage) DO NOTHING`,
  relation: `INSERT INTO graph_relations (collection, document, number, source, target, text, passage)
    VALUES (@collection, @document, @number, @source, @target, @text, @passage)`,
  document: `INSERT INTO graph_documents (collection, document, key, relations, error_code, error_message)
    VALUES (@collection, @document, @key, @relations, @code, @message)`,
  documents: `SELECT document, key, relations, error_code, error_message FROM graph_documents
    WHERE collection = @collection AND document > @after ORDER BY document LIMIT @limit`,
  counts: `SELECT (SELECT count(*) FROM graph_entities WHERE collection = @collection) AS entities,
    (SELECT count(*) FROM graph_relations WHERE collection = @collection) AS relations`,
  entities: `SELECT ${entity} FROM graph_entities WHERE collection = @collection
    AND (passages < @passages OR (passages = @passages AND entity > @id)) AND entity LIKE @pattern ESCAPE '!'
    ORDER BY passages DESC, entity LIMIT @limit`,
  find: `SELECT ${entity} FROM graph_entities WHERE collection = @collection AND entity IN (EACH @ids)`,
  mentionsOf: `SELECT ${mention} FROM graph_mentions WHERE collection = @collection AND entity = @entity
    AND (document > @document OR (document = @document AND passage > @passage)) ORDER BY document, passage LIMIT @limit`,
  mentionsOfAll: `SELECT ${mention} FROM graph_mentions WHERE collection = @collection AND entity IN (EACH @entities)`,
  mentionsIn: `SELECT ${mention} FROM graph_mentions WHERE ${among} AND passage IN (EACH @passages)`,
  mentions: `SELECT ${mention} FROM graph_mentions WHERE collection = @collection AND entity >= @entity AND (entity > @entity
      OR document > @document OR (document = @document AND passage > @passage))
    ORDER BY entity, document, passage LIMIT @limit`,
  relationsOf: `SELECT document, number, source, target, text, passage FROM graph_relations
    WHERE collection = @collection AND (source = @entity OR target = @entity)
      AND (document > @document OR (document = @document AND number > @number)) ORDER BY document, number LIMIT @limit`,
};

const tables = ['graphs', 'graph_documents', 'graph_entities', 'graph_mentions', 'graph_relations'];

/**
 * What passages say of entities. Writers of one collection wait for each other, because they change the counts of the same entities.
 *
 * @example await createGraphStore(tables).find('handbook', ['ada lovelace']);
 */
export function createGraphStore(database: Tables): GraphStore {
  return {
    write: (collection, { document, key, mentions, relations }) =>
      database.commit([
        ...removalsOf(collection, [document]),
        ...mentions.map((one) => ({ sql: sql.mention, values: { collection, document, ...one } })),
        ...relations.map((one, number) => ({ sql: sql.relation, values: { collection, document, number, ...one } })),
        { sql: sql.count, values: { collection, document } },
        { sql: sql.dropEmpty, values: { collection } },
        documentRow(collection, { document, key, relations: relations.length }),
      ]),
    fail: (collection, { document, key, code, message }) =>
      database.commit([
        ...removalsOf(collection, [document]),
        { sql: sql.dropEmpty, values: { collection } },
        documentRow(collection, { document, key, relations: 0, failure: { code, message } }),
      ]),
    forget: (collection, documents) =>
      database.commit(
        documents === undefined
          ? tables.map((table) => ({
              sql: `DELETE FROM ${table} WHERE collection = @collection`,
              values: { collection },
            }))
          : [...removalsOf(collection, documents), { sql: sql.dropEmpty, values: { collection } }],
      ),
    ...readsOf(database),
  };
}

function readsOf(database: Tables): Omit<GraphStore, 'write' | 'fail' | 'forget'> {
  return {
    async documents(collection, { after = '', limit }) {
      const rows = await database.all<DocumentRow>(sql.documents, { collection, after, limit });
      return rows.map(toState);
    },
    counts: async (collection) =>
      (await database.get<{ readonly entities: number; readonly relations: number }>(sql.counts, { collection })) ?? {
        entities: 0,
        relations: 0,
      },
    entities: (collection, { query = '', after, limit }) =>
      database.all<GraphEntity>(sql.entities, {
        collection,
        passages: after?.passages ?? 2_147_483_647,
        id: after?.id ?? '',
        pattern: `%${query.replaceAll(/[!%_]/g, '!$&')}%`,
        limit,
      }),
    find: (collection, ids) => database.all<GraphEntity>(sql.find, { collection, ids: JSON.stringify(ids) }),
    mentionsOf: (collection, entity, { after: { document, passage } = atStart, limit }) =>
      database.all<GraphMention>(sql.mentionsOf, { collection, entity, document, passage, limit }),
    mentionsOfAll: (collection, entities) =>
      database.all<GraphMention>(sql.mentionsOfAll, { collection, entities: JSON.stringify(entities) }),
    mentionsIn: (collection, passages) =>
      database.all<GraphMention>(sql.mentionsIn, {
        collection,
        documents: JSON.stringify([...new Set(passages.map(({ document }) => document))]),
        passages: JSON.stringify(passages.map(({ passage }) => passage)),
      }),
    mentions: (collection, { after: { entity, document, passage } = { entity: '', ...atStart }, limit }) =>
      database.all<GraphMention>(sql.mentions, { collection, entity, document, passage, limit }),
    relationsOf: (collection, entity, { after = { document: '', number: -1 }, limit }) =>
      database.all<NumberedRelation>(sql.relationsOf, { collection, entity, ...after, limit }),
  };
}

const atStart = { document: '', passage: '' };

/** The first writes of each operation. */
function removalsOf(collection: string, documents: readonly string[]): readonly GuardedWrite[] {
  const values = { collection, documents: JSON.stringify(documents) };
  return [
    { sql: sql.lock, values: { collection } },
    { sql: sql.uncount, values },
    ...['graph_mentions', 'graph_relations', 'graph_documents'].map((table) => ({
      sql: `DELETE FROM ${table} WHERE ${among}`,
      values,
    })),
  ];
}

const documentRow = (collection: string, { document, key, relations, failure }: GraphDocumentState): GuardedWrite => ({
  sql: sql.document,
  values: { collection, document, key, relations, code: failure?.code ?? null, message: failure?.message ?? null },
});

const toState = ({
  document,
  key,
  relations,
  error_code: code,
  error_message: message,
}: DocumentRow): GraphDocumentState => ({
  document,
  key,
  relations,
  failure: code === null ? undefined : { code, message: message ?? '' },
});
