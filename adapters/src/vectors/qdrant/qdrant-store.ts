import type { Schemas } from '@qdrant/js-client-rest';
import { HeddleError, type CreateCollection, type VectorCollection, type VectorStore } from '@heddle/core';
import { readCollectionInfo, readMetadata, type CollectionMetadata } from './collection-info.js';
import { connect, type Connection, type QdrantOptions } from './connection.js';
import { vectorNames, wellFormed } from './points.js';
import { QdrantCollection } from './qdrant-collection.js';

/** A new generation of a collection, filled beside the old one. */
export interface Rebuild {
  readonly collection: VectorCollection;
  /** Lets the collection's name stand for the new generation, atomically, and deletes the old one. */
  switch(): Promise<void>;
}

/** The Qdrant store: what every store does, and filling a collection anew while the old one answers. */
export interface QdrantStore extends VectorStore {
  /** Begins a new generation. Errors: `collection_not_found`. */
  rebuild(collection: CreateCollection): Promise<Rebuild>;
}

const indexes: readonly (readonly [field: string, schema: 'keyword' | 'integer'])[] = [
  ['kind', 'keyword'],
  ['document', 'keyword'],
  ['id', 'keyword'],
  ['title', 'keyword'],
  ['source', 'keyword'],
  ['revision', 'keyword'],
  ['position', 'integer'],
  ['updatedAt', 'integer'],
];

/**
 * The vector store on a Qdrant server. A collection is an alias of its present generation, named `PREFIX NAME @ NUMBER`.
 *
 * @example const store = createQdrantStore({ url: 'http://127.0.0.1:6333' })
 */
export function createQdrantStore(options: QdrantOptions): QdrantStore {
  const connection = connect(options);
  const prefix = options.prefix ?? 'heddle_';
  const aliasOf = (name: string): string => prefix + remoteName(name);

  const aliases = async (): Promise<ReadonlyMap<string, string>> => {
    const { aliases: all } = await connection.call((client) => client.getAliases());
    return new Map(all.map(({ alias_name: alias, collection_name: collection }) => [alias, collection]));
  };

  const collectionOn = (name: string, remote: string, dimensions: number): VectorCollection =>
    new QdrantCollection({ connection, name, remote, dimensions });

  return {
    kind: 'qdrant',
    async create(collection) {
      const alias = aliasOf(collection.name);
      if ((await aliases()).has(alias))
        throw new HeddleError(
          'collection_exists',
          `Collection '${collection.name}' exists already: choose another name or drop it first.`,
        );
      await createGeneration(connection, `${alias}@1`, collection);
      await pointAlias(connection, alias, `${alias}@1`, false);
      return collectionOn(collection.name, alias, collection.dimensions);
    },
    async list() {
      const own = [...(await aliases()).keys()].filter((alias) => alias.startsWith(prefix)).sort();
      return Promise.all(
        own.map(async (alias) =>
          readCollectionInfo(connection, (await readMetadata(connection, alias, alias)).name, alias),
        ),
      );
    },
    async open(name) {
      const { dimensions } = await readMetadata(connection, name, aliasOf(name));
      return collectionOn(name, aliasOf(name), dimensions);
    },
    async drop(name) {
      const generation = (await aliases()).get(aliasOf(name));
      return generation === undefined ? false : connection.call((client) => client.deleteCollection(generation));
    },
    async rebuild(collection) {
      const alias = aliasOf(collection.name);
      const old = (await aliases()).get(alias);
      if (old === undefined)
        throw new HeddleError('collection_not_found', `Collection '${collection.name}' does not exist: create it.`);
      const next = `${alias}@${Number(/@(\d+)$/.exec(old)?.[1] ?? 0) + 1}`;
      await createGeneration(connection, next, collection);
      return {
        collection: collectionOn(collection.name, next, collection.dimensions),
        async switch() {
          await pointAlias(connection, alias, next, true);
          await connection.call((client) => client.deleteCollection(old));
        },
      };
    },
    close: () => Promise.resolve(),
  };
}

/** A name in signs that Qdrant takes: others as `~` and their code, so that no two names become one. */
const remoteName = (name: string): string =>
  encodeURIComponent(wellFormed(name))
    .replace(/[~*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%', '~');

/** Makes a generation with its indexes. One that is there already was never finished: nothing points to it. */
async function createGeneration(
  connection: Connection,
  remote: string,
  { name, embedding, dimensions, splitter, label }: CreateCollection,
): Promise<void> {
  const metadata: CollectionMetadata = {
    heddle: 1,
    name,
    embedding,
    dimensions,
    splitter,
    label,
    createdAt: Date.now(),
  };
  const vectors: Schemas['VectorsConfig'] = { [vectorNames.dense]: { size: dimensions, distance: 'Cosine' } };
  const sparse_vectors = { [vectorNames.lexical]: { modifier: 'idf' as const } };
  await connection.call((client) => client.deleteCollection(remote));
  await connection.call((client) =>
    client.createCollection(remote, { vectors, sparse_vectors, metadata: { ...metadata } }),
  );
  for (const [field_name, field_schema] of indexes) {
    await connection.call((client) => client.createPayloadIndex(remote, { wait: true, field_name, field_schema }));
  }
}

async function pointAlias(connection: Connection, alias: string, remote: string, replaces: boolean): Promise<void> {
  const create = { create_alias: { alias_name: alias, collection_name: remote } };
  await connection.call((client) =>
    client.updateCollectionAliases({
      actions: replaces ? [{ delete_alias: { alias_name: alias } }, create] : [create],
    }),
  );
}
