import {
  HeddleError,
  type EntityMerge,
  type EntityPair,
  type GraphEntity,
  type GraphMention,
  type GraphStore,
  type GuardedWrite,
  type NumberedRelation,
  type Tables,
} from '@heddle/core';

type MergeStore = Pick<GraphStore, 'merges' | 'merge' | 'unmerge' | 'apart' | 'keepApart'>;

const mention = 'entity, document, passage, name, type';
const relation = 'document, number, source, target, text, passage';
const ofAny = (side: 'entity' | 'source' | 'target'): string =>
  `collection = @collection AND ${side} IN (EACH @entities)`;
const relationsBy = (side: 'source' | 'target'): string =>
  `SELECT ${relation} FROM graph_relations WHERE ${ofAny(side)} AND (document, number) > (@document, @number)`;

const sql = {
  mentionsOfAny: `SELECT ${mention} FROM graph_mentions WHERE ${ofAny('entity')}
    AND (document, passage) > (@document, @passage) ORDER BY document, passage, entity LIMIT @limit`,
  countOf: `SELECT count(*) AS passages, count(DISTINCT document) AS documents FROM (
      SELECT DISTINCT document, passage FROM graph_mentions WHERE ${ofAny('entity')}
    ) AS found`,
  relationsOfAny: `SELECT ${relation} FROM (${relationsBy('source')} UNION ${relationsBy('target')}) AS found
    ORDER BY document, number LIMIT @limit`,
  merges: 'SELECT entity, target FROM graph_merges WHERE collection = @collection ORDER BY entity',
  isMerged: 'SELECT 1 FROM graph_merges WHERE collection = @collection AND entity = @target',
  merge: `INSERT INTO graph_merges (collection, entity, target) VALUES (@collection, @entity, @target)
    ON CONFLICT (collection, entity) DO NOTHING`,
  unmerge: 'DELETE FROM graph_merges WHERE collection = @collection AND entity = @entity',
  apart: 'SELECT one, other FROM graph_apart WHERE collection = @collection ORDER BY one, other',
  keepApart: `INSERT INTO graph_apart (collection, one, other) VALUES (@collection, @one, @other)
    ON CONFLICT (collection, one, other) DO NOTHING`,
};

/**
 * Stores people's decisions about entities: which ones are merged, and which ones are different. `first` serialises the merges of a
 * collection, so that they never form a cycle.
 */
export const graphMerges = (
  database: Pick<Tables, 'all' | 'commit'>,
  first: (collection: string) => GuardedWrite,
): MergeStore => ({
  merges: (collection) => database.all<EntityMerge>(sql.merges, { collection }),
  merge: (collection, { entity, target }) =>
    database.commit([
      first(collection),
      { sql: sql.isMerged, values: { collection, target }, rows: 0, otherwise: () => changed(collection) },
      { sql: sql.merge, values: { collection, entity, target }, rows: 1, otherwise: () => changed(collection) },
    ]),
  unmerge: (collection, entity) =>
    database.commit([
      first(collection),
      { sql: sql.unmerge, values: { collection, entity }, rows: 1, otherwise: () => changed(collection) },
    ]),
  apart: (collection) => database.all<EntityPair>(sql.apart, { collection }),
  keepApart: (collection, pair) =>
    database.commit([first(collection), { sql: sql.keepApart, values: { collection, ...inOrder(pair) } }]),
});

const start = { document: '', passage: '', number: -1 };
type Counts = Pick<GraphEntity, 'passages' | 'documents'>;

/** Reads about several entities that were merged into one. */
export const groupReads = (
  database: Pick<Tables, 'all' | 'get'>,
): Pick<GraphStore, 'countOf' | 'mentionsOfAny' | 'relationsOfAny'> => ({
  mentionsOfAny: (collection, entities, { after: { document, passage } = start, limit }) =>
    database.all<GraphMention>(sql.mentionsOfAny, { ...asked(collection, entities), document, passage, limit }),
  countOf: async (collection, entities) =>
    (await database.get<Counts>(sql.countOf, asked(collection, entities))) ?? { passages: 0, documents: 0 },
  relationsOfAny: (collection, entities, { after: { document, number } = start, limit }) =>
    database.all<NumberedRelation>(sql.relationsOfAny, { ...asked(collection, entities), document, number, limit }),
});

const asked = (collection: string, entities: readonly string[]) => ({ collection, entities: JSON.stringify(entities) });

/** The order of a pair does not matter, so pairs are stored in one order. */
const inOrder = ({ one, other }: EntityPair): EntityPair => (one < other ? { one, other } : { one: other, other: one });

/** The message names no entity, because the caller may know one of them only by another id. */
const changed = (collection: string): HeddleError =>
  new HeddleError(
    'conflict',
    `An entity of '${collection}' was merged or separated meanwhile: look at both, then do it again.`,
    { details: { collection } },
  );
