import {
  collectionNotFound,
  HeddleError,
  type CreateCollection,
  type VectorCollection,
  type VectorStore,
} from '@heddle/core';
import { z } from 'zod';
import { RecordCollection } from '../shared/record-collection.js';
import { wellFormed } from '../well-formed.js';
import { readInfo, readMeta } from './collection-info.js';
import { connect, type Connection, type OpensearchOptions } from './connection.js';
import { indexBody } from './mapping.js';
import { OpensearchRecords } from './opensearch-records.js';
import { nameTaken } from '../shared/name-taken.js';

/** Each index with its aliases. */
const Aliases = z.record(z.string(), z.object({ aliases: z.record(z.string(), z.unknown()) }));

/** The server accepts no longer names. */
const longestName = 240;

/**
 * Creates the vector store on an OpenSearch server. A collection is an alias of its index, named `ALIAS@NUMBER`.
 *
 * @example const store = createOpensearchStore({ url: 'http://127.0.0.1:9200' })
 */
export function createOpensearchStore(options: OpensearchOptions): VectorStore {
  const connection = checked(connect(options));
  const { prefix = 'heddle_', indexFrom = 20_000 } = options;
  const aliasOf = (name: string): string => prefix + remoteName(name);
  const collectionOn = (name: string, dimensions: number): VectorCollection =>
    new RecordCollection(new OpensearchRecords({ connection, name, alias: aliasOf(name), dimensions, indexFrom }));

  /** Each alias with the name of its index. */
  const aliases = async (): Promise<ReadonlyMap<string, string>> => {
    const all = Aliases.parse(await connection.send({ method: 'GET', path: '/_alias' }));
    return new Map(
      Object.entries(all).flatMap(([index, { aliases: own }]) =>
        Object.keys(own).flatMap((alias) => (alias.startsWith(prefix) ? [[alias, index] as const] : [])),
      ),
    );
  };

  return {
    kind: 'opensearch',
    async create(collection) {
      const known = await aliases();
      if (known.has(aliasOf(collection.name))) throw nameTaken(collection.name);
      await createIndex(connection, aliasOf(collection.name), collection, new Set(known.values()));
      return collectionOn(collection.name, collection.dimensions);
    },
    async list() {
      const own = [...(await aliases()).keys()].sort();
      const infos = await Promise.all(
        own.map((alias) => readInfo(connection, ownName(alias.slice(prefix.length)), alias)),
      );
      return infos.sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    async open(name) {
      return collectionOn(name, (await readMeta(connection, name, aliasOf(name))).dimensions);
    },
    async drop(name) {
      const index = (await aliases()).get(aliasOf(name));
      if (index === undefined) return false;
      return (await connection.send({ method: 'DELETE', path: `/${encodeURIComponent(index)}` }, true)) !== undefined;
    },
    async rename(moves) {
      const known = await aliases();
      const left = new Set(moves.map(({ from }) => aliasOf(from)));
      const actions = moves.flatMap(({ from, to }) => {
        const index = known.get(aliasOf(from));
        if (index === undefined) throw collectionNotFound(from);
        if (known.has(aliasOf(to)) && !left.has(aliasOf(to))) throw nameTaken(to);
        return [{ remove: { index, alias: aliasOf(from), must_exist: true } }, { add: { index, alias: aliasOf(to) } }];
      });
      // All changes of one request take effect at once. Removals come first, because otherwise two collections could not exchange their
      // names.
      const body = { actions: [...actions.filter((one) => 'remove' in one), ...actions.filter((one) => 'add' in one)] };
      await connection.send({ method: 'POST', path: '/_aliases', body });
    },
    close: () => Promise.resolve(),
  };
}

const Greeting = z.object({ version: z.object({ distribution: z.string().optional(), number: z.string() }) });

/** Checks once that the server is OpenSearch: Elasticsearch has a different vector API. */
function checked(connection: Connection): Connection {
  let known: Promise<void> | undefined;
  const check = async (): Promise<void> => {
    const greeting = Greeting.safeParse(await connection.send({ method: 'GET', path: '/' }));
    if (greeting.success && greeting.data.version.distribution === 'opensearch') return;
    throw new HeddleError(
      'vector_store_failed',
      `The server at ${connection.host} is not OpenSearch: Heddle keeps collections in OpenSearch 2.13 or newer with the k-NN plugin. Check OPENSEARCH_URL.`,
    );
  };
  return {
    host: connection.host,
    async send(request, isOptional) {
      known ??= check().catch((error: unknown) => {
        known = undefined;
        throw error;
      });
      await known;
      return connection.send(request, isOptional);
    },
  };
}

/** Encodes a name in characters that the server accepts: others become `~` and their code, so that no two names become the same. */
const remoteName = (name: string): string => {
  const remote = [...Buffer.from(wellFormed(name), 'utf8')]
    .map((byte) => {
      const sign = String.fromCharCode(byte);
      return /[a-z0-9_-]/.test(sign) ? sign : `~${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
  if (remote.length <= longestName) return remote;
  throw new HeddleError('bad_request', `The name of collection '${name.slice(0, 100)}…' is too long for OpenSearch.`);
};

/** Decodes a name that `remoteName` encoded. */
const ownName = (remote: string): string => decodeURIComponent(remote.replaceAll('~', '%'));

/** Creates an index with its alias in one request. An index keeps its name when its collection is renamed. */
async function createIndex(
  connection: Connection,
  alias: string,
  collection: CreateCollection,
  used: ReadonlySet<string>,
): Promise<void> {
  let number = 1;
  while (used.has(`${alias}@${number}`)) number += 1;
  const body = { aliases: { [alias]: {} }, ...Object(indexBody(collection, Date.now())) } as unknown;
  try {
    await connection.send({ method: 'PUT', path: `/${encodeURIComponent(`${alias}@${number}`)}`, body });
  } catch (error) {
    const type = error instanceof HeddleError ? error.details?.['type'] : undefined;
    // Another program came first.
    if (type === 'resource_already_exists_exception') throw nameTaken(collection.name);
    throw error;
  }
}
