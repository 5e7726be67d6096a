import { collectionNotFound, type CreateCollection, type VectorStore } from '@heddle/core';
import { allRows, readRow, infoOf, type CollectionRow } from './collection-row.js';
import { connect, type PgvectorOptions } from './connection.js';
import type { Query } from '../../postgres/query.js';
import { PgvectorCollection } from './pgvector-collection.js';
import { createTables, dropTables, tablesOf, type ServerFacts } from './schema.js';
import { nameTaken } from '../shared/name-taken.js';

/**
 * Creates the vector store in Postgres with pgvector. A collection has its own tables, all in one schema. Each call writes in one
 * transaction.
 *
 * @example const store = createPgvectorStore({ url: 'postgres://heddle@127.0.0.1:5432/heddle' })
 */
export function createPgvectorStore(options: PgvectorOptions): VectorStore {
  const connection = connect(options);
  const { indexFrom = 20_000 } = options;
  const collectionOf = (name: string, dimensions: number) =>
    new PgvectorCollection({ connection, name, dimensions, indexFrom });

  return {
    kind: 'pgvector',
    async create(collection) {
      await connection.transaction((query, facts) => createCollection(query, facts, collection));
      return collectionOf(collection.name, collection.dimensions);
    },
    list: () => connection.transaction(async (query, facts) => (await allRows(query, facts)).map(infoOf)),
    open: (name) =>
      connection.transaction(async (query, facts) =>
        collectionOf(name, (await readRow(query, facts, name)).dimensions),
      ),
    drop: (name) =>
      connection.transaction(async (query, facts) => {
        const rows = await lockedRows(query, facts);
        const row = rows.get(name);
        if (row === undefined) return false;
        await query(`DELETE FROM ${facts.schema}.collections WHERE id = $1`, [row.id]);
        await dropTables(query, tablesOf(facts.schema, row.id));
        return true;
      }),
    rename: (moves) =>
      connection.transaction(async (query, facts) => {
        const rows = await lockedRows(query, facts);
        const left = new Set(moves.map(({ from }) => from));
        const found = moves.map(({ from, to }) => {
          const row = rows.get(from);
          if (row === undefined) throw collectionNotFound(from);
          if (rows.has(to) && !left.has(to)) throw nameTaken(to);
          return { id: row.id, to };
        });
        for (const { id, to } of found)
          await query(`UPDATE ${facts.schema}.collections SET name = $2 WHERE id = $1`, [id, to]);
      }),
    close: () => connection.close(),
  };
}

/** Reads and locks all collections: until the transaction ends, no other program can create, drop, rename or write to one. */
async function lockedRows(query: Query, facts: ServerFacts): Promise<ReadonlyMap<string, CollectionRow>> {
  await query(`LOCK TABLE ${facts.schema}.collections IN SHARE ROW EXCLUSIVE MODE`);
  return new Map((await allRows(query, facts)).map((row) => [row.name, row]));
}

async function createCollection(
  query: Query,
  facts: ServerFacts,
  { name, embedding, dimensions, splitter, label }: CreateCollection,
): Promise<void> {
  if ((await lockedRows(query, facts)).has(name)) throw nameTaken(name);
  const now = Date.now();
  const [made] = await query<{ readonly id: number }>(
    `INSERT INTO ${facts.schema}.collections (name, embedding, dimensions, splitter, label, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING id`,
    [name, embedding, dimensions, JSON.stringify(splitter), JSON.stringify(label), now],
  );
  await createTables(query, tablesOf(facts.schema, made?.id ?? 0), dimensions);
}
