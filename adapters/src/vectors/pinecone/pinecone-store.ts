import { randomUUID } from 'node:crypto';
import { HeddleError, type VectorCollection, type VectorStore } from '@heddle/core';
import { RecordCollection } from '../shared/record-collection.js';
import { connect, type Connection, type PineconeOptions } from './connection.js';
import { Indexes } from './indexes.js';
import { placeIn, type PineconeLocation } from './location.js';
import type { Entry } from '../shared/names-chain.js';
import { Names, namespacesOf } from './names.js';
import { Namespace, type Log } from './namespace.js';
import { PineconeRecords, readInfo } from './pinecone-records.js';

/**
 * Creates the vector store in a Pinecone project. A collection is one namespace in each of two indexes.
 *
 * @example const store = createPineconeStore({ apiKey: 'pcsk_…' })
 */
export function createPineconeStore(options: PineconeOptions): VectorStore {
  const connection = connect(options);
  const indexes = new Indexes(connection, options.prefix ?? 'heddle', options.region ?? 'aws/us-east-1');
  const log: Log = new Map();
  const base = checkedBase(connection, indexes, log);
  const names = new Names({ connection, log }, base);
  const shared = { connection, indexes, names, log, facts: new Map(), walks: new Map() };
  const locationOf = (name: string): PineconeLocation => ({ ...shared, name });
  const collectionOn = (name: string, dimensions: number): VectorCollection =>
    new RecordCollection(new PineconeRecords(locationOf(name), dimensions));
  const dropTenant = async (entry: Entry): Promise<void> => {
    const place = await placeIn(locationOf(''), entry);
    await Promise.all([place.terms.drop(), place.vectors.drop()]);
  };
  return {
    kind: 'pinecone',
    async create(collection) {
      await sweep({ connection, log }, await base(), names, (entry) => indexes.vectors(entry.dimensions));
      // The index is created before the name, so no name refers to a missing index.
      await indexes.vectors(collection.dimensions);
      await names.add(collection, `c${Date.now()}-${randomUUID()}`);
      return collectionOn(collection.name, collection.dimensions);
    },
    async list() {
      const entries = [...(await names.all())].sort(([a], [b]) => (a < b ? -1 : 1));
      return Promise.all(entries.map(([name, entry]) => readInfo(locationOf(name), entry)));
    },
    async open(name) {
      return collectionOn(name, (await names.find(name)).dimensions);
    },
    async drop(name) {
      const removed = await names.remove(name);
      if (removed === undefined) return false;
      await dropTenant(removed);
      return true;
    },
    rename: (moves) => names.rename(moves),
    close: () => Promise.resolve(),
  };
}

/** A namespace without a name is removed when it is an hour old. */
const orphanMs = 3_600_000;

/**
 * Removes namespaces without a name: a program can end after it removed the name, or write to a namespace that another program has just
 * removed.
 */
async function sweep(
  context: { readonly connection: Connection; readonly log: Log },
  terms: string,
  names: Names,
  vectorsOf: (entry: Entry) => Promise<string>,
): Promise<void> {
  const entries = [...(await names.all()).values()];
  const named = new Set(entries.map(({ tenant }) => tenant));
  const vectors = await Promise.all(entries.map(vectorsOf));
  for (const base of new Set([terms, ...vectors]))
    for (const name of await namespacesOf(context.connection, base, 'c')) {
      const madeAt = Number(/^c(\d+)-/.exec(name)?.[1] ?? Number.NaN);
      if (madeAt < Date.now() - orphanMs && !named.has(name)) await new Namespace(context, base, name).drop();
    }
}

/** The namespace of the record that tests how Pinecone evaluates conditions. */
const probe = 'probe';

/**
 * The address of the index of terms, after a test of Pinecone's conditions: its documentation does not say how they work on lists, and
 * readers and filters depend on that.
 */
function checkedBase(connection: Connection, indexes: Indexes, log: Log): () => Promise<string> {
  let known: Promise<string> | undefined;
  const check = async (): Promise<string> => {
    const base = await indexes.terms();
    const space = new Namespace({ connection, log }, base, probe);
    const sparseValues = { indices: [1], values: [1] };
    await space.upsert([{ id: 'probe', sparseValues, metadata: { list: ['a', 'b'], one: 'a' } }]);
    const finds = async (filter: Readonly<Record<string, unknown>>): Promise<boolean> =>
      (await space.query({ sparseVector: sparseValues, filter, topK: 1 })).length === 1;
    const [first, ...others] = await Promise.all([
      finds({ list: { $in: ['x', 'b'] } }),
      finds({ list: { $in: ['x'] } }),
      finds({ list: { $nin: ['b', 'x'] } }),
      finds({ $and: [{ one: { $eq: 'a' } }, { $or: [{ one: { $eq: 'x' } }, { list: { $in: ['x'] } }] }] }),
    ]);
    const negated = await finds({ $and: [{ list: { $nin: ['x'] } }, { one: { $ne: 'x' } }] });
    if (first && negated && others.every((isFound) => !isFound)) return base;
    throw new HeddleError(
      'vector_store_failed',
      'Pinecone evaluates conditions on lists differently from what Heddle expects, so readers and filters would be wrong: keep collections in another store.',
    );
  };
  return () =>
    (known ??= check().catch((error: unknown) => {
      known = undefined;
      throw error;
    }));
}
