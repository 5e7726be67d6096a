import { randomUUID } from 'node:crypto';
import { HeddleError, type VectorCollection, type VectorStore } from '@heddle/core';
import { z } from 'zod';
import { RecordCollection } from '../shared/record-collection.js';
import { classesOf, makeClasses, type Classes } from './classes.js';
import { connect, type Connection, type WeaviateOptions } from './connection.js';
import type { WeaviateLocation } from './location.js';
import { namesOn, type Names } from './names.js';
import { readInfo, WeaviateRecords } from './weaviate-records.js';

/** Older servers have other conditions and were never tested. */
const oldest = [1, 35] as const;

/**
 * Creates the vector store on a Weaviate server. A collection is a tenant of two classes.
 *
 * @example const store = createWeaviateStore({ url: 'http://127.0.0.1:8080' })
 */
export function createWeaviateStore(options: WeaviateOptions): VectorStore {
  const connection = checked(connect(options));
  const { prefix = 'Heddle', indexFrom = 20_000 } = options;
  const classes = classesOf(prefix);
  const names = namesOn(connection, classes.names);
  const locationOf = (name: string): WeaviateLocation => ({ connection, names, classes, name });
  const collectionOn = (name: string, dimensions: number): VectorCollection =>
    new RecordCollection(new WeaviateRecords(locationOf(name), dimensions));
  return {
    kind: 'weaviate',
    async create(collection) {
      await makeClasses(connection, classes, indexFrom);
      await sweep(connection, classes, names);
      const tenant = newTenant();
      await changeTenants(connection, 'POST', classes, [tenant]);
      try {
        await names.add(collection, tenant);
      } catch (error) {
        await changeTenants(connection, 'DELETE', classes, [tenant]);
        throw error;
      }
      return collectionOn(collection.name, collection.dimensions);
    },
    async list() {
      const entries = [...(await names.all())].sort(([a], [b]) => (a < b ? -1 : 1));
      return Promise.all(entries.map(([name, entry]) => readInfo({ ...entry, location: locationOf(name) })));
    },
    async open(name) {
      return collectionOn(name, (await names.find(name)).dimensions);
    },
    async drop(name) {
      const removed = await names.remove(name);
      if (removed === undefined) return false;
      await changeTenants(connection, 'DELETE', classes, [removed.tenant]);
      return true;
    },
    rename: (moves) => names.rename(moves),
    close: () => Promise.resolve(),
  };
}

/** A tenant without a name is removed after an hour: the program that created it ended before it named it. */
const orphanMs = 3_600_000;

/** The name of a tenant: the time of its creation and a random mark. */
const newTenant = (): string => `c${Date.now()}-${randomUUID()}`;

const Tenants = z.array(z.object({ name: z.string() }));

/** Removes tenants that no name refers to. */
async function sweep(connection: Connection, classes: Classes, names: Names): Promise<void> {
  for (const name of [classes.passages, classes.records]) {
    const found = Tenants.parse(await connection.send({ method: 'GET', path: `/v1/schema/${name}/tenants` }));
    const old = found
      .map((one) => one.name)
      .filter((tenant) => Number(/^c(\d+)-/.exec(tenant)?.[1] ?? Number.NaN) < Date.now() - orphanMs);
    if (old.length === 0) continue;
    const named = new Set([...(await names.all()).values()].map(({ tenant }) => tenant));
    const orphans = old.filter((tenant) => !named.has(tenant));
    if (orphans.length > 0) await changeTenants(connection, 'DELETE', { passages: name, records: name }, orphans);
  }
}

/** Creates tenants in both classes, or removes them. */
async function changeTenants(
  connection: Connection,
  method: 'POST' | 'DELETE',
  { passages, records }: Pick<Classes, 'passages' | 'records'>,
  tenants: readonly string[],
): Promise<void> {
  const body = method === 'POST' ? tenants.map((name) => ({ name })) : tenants;
  for (const name of new Set([passages, records]))
    await connection.send({ method, path: `/v1/schema/${name}/tenants`, body });
}

const Meta = z.object({ version: z.string(), modules: z.unknown() });

/** Checks the server's version once, before the first request. */
function checked(connection: Connection): Connection {
  let known: Promise<void> | undefined;
  const check = async (): Promise<void> => {
    const meta = Meta.safeParse(await connection.send({ method: 'GET', path: '/v1/meta' }));
    const [major = 0, minor = 0] = (meta.data?.version ?? '').split('.').map(Number);
    if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
    throw new HeddleError(
      'vector_store_failed',
      meta.success
        ? `Weaviate at ${connection.host} has version ${meta.data.version}: Heddle keeps collections in Weaviate ${oldest.join('.')} or newer.`
        : `The server at ${connection.host} is not Weaviate: check WEAVIATE_URL.`,
    );
  };
  const ready = (): Promise<void> =>
    (known ??= check().catch((error: unknown) => {
      known = undefined;
      throw error;
    }));
  return {
    host: connection.host,
    send: async (request, isOptional) => (await ready(), connection.send(request, isOptional)),
    ask: async (query, request) => (await ready(), connection.ask(query, request)),
  };
}
