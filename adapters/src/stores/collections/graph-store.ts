import {
  HeddleError,
  type GraphDocumentState,
  type GraphEntity,
  type GraphMention,
  type GraphStore,
  type GuardedWrite,
  type NumberedRelation,
  type Tables,
} from '@heddle/core';
import { createGraphClaims, type GraphClaimOptions } from './graph-claims.js';
import { graphMerges, groupReads } from './graph-merges.js';
import { passageWrites, storedPassages } from './kept-passages.js';

interface DocumentRow {
  readonly document: string;
  readonly key: string;
  readonly relations: number;
  readonly error_code: string | null;
  readonly error_message: string | null;
}

interface Counts {
  readonly entities: number;
  readonly relations: number;
}

const entity = 'entity AS id, name, type, passages, documents';
const mention = 'entity, document, passage, name, type';
const ofDocument = 'collection = @collection AND document = @document';

const relationsBy = (side: 'source' | 'target'): string =>
  `SELECT document, number, source, target, text, passage FROM graph_relations
    WHERE collection = @collection AND ${side} = @entity AND (document, number) > (@document, @number)`;

const sql = {
  begin: 'INSERT INTO graphs (collection, changes) VALUES (@collection, 0) ON CONFLICT (collection) DO NOTHING',
  lock: 'UPDATE graphs SET changes = changes + 1 WHERE collection = @collection',
  end: 'DELETE FROM graphs WHERE collection = @collection',
  uncount: `UPDATE graph_entities SET
      passages = passages - (SELECT count(*) FROM graph_mentions m
        WHERE m.collection = @collection AND m.document = @document AND m.entity = graph_entities.entity),
      documents = documents - 1
    WHERE collection = @collection AND entity IN (SELECT entity FROM graph_mentions WHERE ${ofDocument})`,
  count: `INSERT INTO graph_entities (collection, entity, name, type, passages, documents)
    SELECT collection, entity, max(name), max(type), count(*), 1 FROM graph_mentions
      WHERE ${ofDocument} GROUP BY collection, entity
    ON CONFLICT (collection, entity) DO UPDATE SET
      name = CASE WHEN excluded.type = 'document' THEN graph_entities.name ELSE excluded.name END,
      type = CASE WHEN excluded.type = 'document' THEN graph_entities.type ELSE excluded.type END,
      passages = graph_entities.passages + excluded.passages, documents = graph_entities.documents + 1`,
  dropEmpty: 'DELETE FROM graph_entities WHERE collection = @collection AND passages <= 0',
  mention: `INSERT INTO graph_mentions (collection, ${mention}) VALUES (@collection, @entity, @document, @passage, @name, @type)
    ON CONFLICT (document, collection, passage, entity) DO NOTHING`,
  relation: `INSERT INTO graph_relations (collection, document, number, source, target, text, passage)
    VALUES (@collection, @document, @number, @source, @target, @text, @passage)`,
  document: `INSERT INTO graph_documents (collection, document, key, relations, error_code, error_message)
    VALUES (@collection, @document, @key, @relations, @code, @message)`,
  state: `SELECT document, key, relations, error_code, error_message FROM graph_documents WHERE ${ofDocument}`,
  documents: `SELECT document, key, relations, error_code, error_message FROM graph_documents
    WHERE collection = @collection AND document > @after ORDER BY document LIMIT @limit`,
  counts: `SELECT (SELECT count(*) FROM graph_entities WHERE collection = @collection) AS entities,
    (SELECT coalesce(sum(relations), 0) FROM graph_documents WHERE collection = @collection) AS relations`,
  entities: `SELECT ${entity} FROM graph_entities WHERE collection = @collection
    AND (passages < @passages OR (passages = @passages AND entity > @id)) AND entity LIKE @pattern ESCAPE '!'
    ORDER BY passages DESC, entity LIMIT @limit`,
  find: `SELECT ${entity} FROM graph_entities WHERE collection = @collection AND entity IN (EACH @ids)`,
  mentionsOf: `SELECT ${mention} FROM graph_mentions WHERE collection = @collection AND entity = @entity
    AND (document, passage) > (@document, @passage) ORDER BY document, passage LIMIT @limit`,
  mentionsOfAll: `SELECT ${mention} FROM graph_mentions WHERE collection = @collection AND entity IN (EACH @entities)`,
  mentionsIn: `SELECT ${mention} FROM graph_mentions WHERE ${ofDocument} AND passage = @passage`,
  entitiesById: `SELECT ${entity} FROM graph_entities WHERE collection = @collection AND entity > @after
    ORDER BY entity LIMIT @limit`,
  relationsOf: `SELECT document, number, source, target, text, passage FROM (
      ${relationsBy('source')} UNION ${relationsBy('target')}
    ) AS found ORDER BY document, number LIMIT @limit`,
};

const stepDocuments = 100;

/**
 * Stores knowledge graphs. Writers of one collection are serialised, because they change the counts of the same entities. A removed graph
 * accepts no more writes, not even from a job that is still reading. Results for a document are accepted only from the process that has the
 * claim to it. Without `among`, no other process may use the database.
 *
 * @example await createGraphStore(tables).find('handbook', ['ada lovelace']);
 */
export function createGraphStore(database: Tables, among?: GraphClaimOptions): GraphStore {
  const claims = createGraphClaims(database, among);
  const permitted = (collection: string, document: string): readonly GuardedWrite[] => [
    held(collection),
    claims.needed(collection, document),
  ];
  return {
    begin: (collection) => database.commit([{ sql: sql.begin, values: { collection } }]),
    claimMs: among?.leaseMs,
    claim: (collection, document) => claims.claim(collection, document),
    keep: (collection, of, passages) =>
      database.commit([...permitted(collection, of.document), ...passageWrites(collection, of, passages)]),
    write: (collection, { document, key, mentions, relations }) =>
      database.commit([
        ...permitted(collection, document),
        ...removalsOf(collection, [document]),
        ...mentions.map((one) => ({ sql: sql.mention, values: { collection, document, ...one } })),
        ...relations.map((one, number) => ({ sql: sql.relation, values: { collection, document, number, ...one } })),
        { sql: sql.count, values: { collection, document } },
        { sql: sql.dropEmpty, values: { collection } },
        documentRow(collection, { document, key, relations: relations.length }),
      ]),
    fail: (collection, { document, key, code, message }) =>
      database.commit([
        ...permitted(collection, document),
        ...removalsOf(collection, [document], foundTables),
        { sql: sql.dropEmpty, values: { collection } },
        documentRow(collection, { document, key, relations: 0, failure: { code, message } }),
      ]),
    async forget(collection, documents) {
      if (documents !== undefined) return database.commit(forgetting(collection, documents));
      await database.commit([{ sql: sql.end, values: { collection } }]);
      // In steps, because a large collection has many rows. After each step, the counts are correct.
      for (;;) {
        const rows = await database.all<DocumentRow>(sql.documents, { collection, after: '', limit: stepDocuments });
        if (rows.length === 0) break;
        const step = rows.map(({ document }) => document);
        await database.commit(forgetting(collection, step));
      }
      await database.commit(
        restTables.map((table) => ({
          sql: `DELETE FROM ${table} WHERE collection = @collection`,
          values: { collection },
        })),
      );
    },
    ...graphMerges(database, held),
    ...groupReads(database),
    ...readsOf(database),
  };
}

type Others = keyof ReturnType<typeof graphMerges> | keyof ReturnType<typeof groupReads>;
type Writes = 'begin' | 'claimMs' | 'claim' | 'keep' | 'write' | 'fail' | 'forget';

function readsOf(database: Tables): Omit<GraphStore, Others | Writes> {
  return {
    ...storedPassages(database),
    async state(collection, document) {
      const row = await database.get<DocumentRow>(sql.state, { collection, document });
      return row && toState(row);
    },
    async documents(collection, { after = '', limit }) {
      const rows = await database.all<DocumentRow>(sql.documents, { collection, after, limit });
      return rows.map(toState);
    },
    counts: async (collection) =>
      (await database.get<Counts>(sql.counts, { collection })) ?? {
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
    // One read for each passage: with a list of passages, SQLite would search all rows of the collection.
    mentionsIn: async (collection, passages) =>
      (
        await Promise.all(
          passages.map(({ document, passage }) =>
            database.all<GraphMention>(sql.mentionsIn, { collection, document, passage }),
          ),
        )
      ).flat(),
    entitiesById: (collection, { after = '', limit }) =>
      database.all<GraphEntity>(sql.entitiesById, { collection, after, limit }),
    relationsOf: (collection, entity, { after = { document: '', number: -1 }, limit }) =>
      database.all<NumberedRelation>(sql.relationsOf, { collection, entity, ...after, limit }),
  };
}

const atStart = { document: '', passage: '' };

/** The lock that must be the first write of each operation that adds something. */
const held = (collection: string): GuardedWrite => ({
  sql: sql.lock,
  values: { collection },
  rows: 1,
  otherwise: () =>
    new HeddleError('graph_missing', `Collection '${collection}' has no knowledge graph: set a model for it first.`),
});

/** The tables with results for a document, and with the claim to it. */
const foundTables = ['graph_mentions', 'graph_relations', 'graph_documents', 'graph_claims'] as const;
/** The other tables: for partly read documents, and for people's decisions about entities. */
const restTables = ['graph_claims', 'graph_passages', 'graph_merges', 'graph_apart'] as const;

function removalsOf(
  collection: string,
  documents: readonly string[],
  tables: readonly string[] = [...foundTables, 'graph_passages'],
): readonly GuardedWrite[] {
  const removals = documents.flatMap((document) => [
    { sql: sql.uncount, values: { collection, document } },
    ...tables.map((table) => ({
      sql: `DELETE FROM ${table} WHERE ${ofDocument}`,
      values: { collection, document },
    })),
  ]);
  return removals;
}

const forgetting = (collection: string, documents: readonly string[]): readonly GuardedWrite[] => [
  { sql: sql.lock, values: { collection } },
  ...removalsOf(collection, documents),
  { sql: sql.dropEmpty, values: { collection } },
];

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
