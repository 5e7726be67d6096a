import type { Schemas } from '@qdrant/js-client-rest';
import { collectionNotFound, type CreateCollection, type VectorCollection, type VectorStore } from '@heddle/core';
import { readCollectionInfo, readMetadata, type CollectionMetadata } from './collection-info.js';
import { connect, type Connection, type QdrantOptions } from './connection.js';
import { vectorNames } from './points.js';
import { wellFormed } from '../well-formed.js';
import { RecordCollection } from '../shared/record-collection.js';
import { QdrantRecords } from './qdrant-records.js';
import { nameTaken } from '../shared/name-taken.js';

const indexes: readonly (readonly [field: string, schema: 'keyword' | 'integer'])[] = [
  ['kind', 'keyword'],
  ['document', 'keyword'],
  ['id', 'keyword'],
  ['title', 'keyword'],
  ['source', 'keyword'],
  ['revision', 'keyword'],
  ['readers', 'keyword'],
  ['position', 'integer'],
  ['updatedAt', 'integer'],
];

/**
 * Creates the vector store on a Qdrant server. A collection is an alias of its current generation, which is named `PREFIX NAME @ NUMBER`.
 *
 * @example const store = createQdrantStore({ url: 'http://127.0.0.1:6333' })
 */
export function createQdrantStore(options: QdrantOptions): VectorStore {
  const connection = connect(options);
  const prefix = options.prefix ?? 'heddle_';
  const aliasOf = (name: string): string => prefix + remoteName(name);

  const aliases = async (): Promise<ReadonlyMap<string, string>> => {
    const { aliases: all } = await connection.call((client) => client.getAliases());
    return new Map(all.map(({ alias_name: alias, collection_name: collection }) => [alias, collection]));
  };

  const collectionOn = (name: string, remote: string, dimensions: number): VectorCollection =>
    new RecordCollection(new QdrantRecords({ connection, name, remote, dimensions }));

  return {
    kind: 'qdrant',
    async create(collection) {
      const alias = aliasOf(collection.name);
      const known = await aliases();
      if (known.has(alias)) throw nameTaken(collection.name);
      // A generation keeps its name when its collection is renamed.
      const used = new Set(known.values());
      let number = 1;
      while (used.has(`${alias}@${number}`)) number += 1;
      await createGeneration(connection, `${alias}@${number}`, collection);
      await pointAlias(connection, alias, `${alias}@${number}`, false);
      return collectionOn(collection.name, alias, collection.dimensions);
    },
    async list() {
      const own = [...(await aliases()).keys()].filter((alias) => alias.startsWith(prefix)).sort();
      return Promise.all(
        own.map((alias) => readCollectionInfo(connection, ownName(alias.slice(prefix.length)), alias)),
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
    rename: async (moves) => renameAliases(connection, await aliases(), moves, aliasOf),
    close: () => Promise.resolve(),
  };
}

/** Renames the aliases of generations; the server applies all changes of one request at once. */
async function renameAliases(
  connection: Connection,
  known: ReadonlyMap<string, string>,
  moves: Parameters<VectorStore['rename']>[0],
  aliasOf: (name: string) => string,
): Promise<void> {
  const left = new Set(moves.map(({ from }) => aliasOf(from)));
  const found = moves.map(({ from, to }) => {
    const generation = known.get(aliasOf(from));
    if (generation === undefined) throw collectionNotFound(from);
    if (known.has(aliasOf(to)) && !left.has(aliasOf(to))) throw nameTaken(to);
    return { generation, alias: aliasOf(to) };
  });
  await connection.call((client) =>
    client.updateCollectionAliases({
      actions: [
        ...[...left].map((alias_name) => ({ delete_alias: { alias_name } })),
        ...found.map(({ generation, alias }) => ({
          create_alias: { alias_name: alias, collection_name: generation },
        })),
      ],
    }),
  );
}

/** Encodes a name in characters that Qdrant accepts: others become `~` and their code, so that no two names become the same. */
const remoteName = (name: string): string =>
  encodeURIComponent(wellFormed(name))
    .replace(/[~*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%', '~');

/** Decodes a name that `remoteName` encoded. */
const ownName = (remote: string): string => decodeURIComponent(remote.replaceAll('~', '%'));

/** Creates a generation with its indexes. An existing one is replaced: it was never finished, since no alias points to it. */
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
