import { randomBytes } from 'node:crypto';
import { HeddleError, type VectorCollection, type VectorStore } from '@heddle/core';
import { z } from 'zod';
import { RecordCollection } from '../shared/record-collection.js';
import { quoted } from './conditions.js';
import { connect, type Connection, type MilvusOptions } from './connection.js';
import { lengthOf, passagesOf, placeIn, type MilvusLocation } from './location.js';
import { MilvusRecords, readInfo } from './milvus-records.js';
import { collectionNames, namesOn, type Names } from './names.js';
import { passageColumns, passageIndexes, recordColumns, recordIndexes } from './schema.js';
import { Table } from './table.js';

/** The oldest supported version: older servers cannot count words themselves. */
const oldest = [2, 5] as const;

/**
 * Creates the vector store on a Milvus server, over gRPC. The passages of each collection are one collection of the server; all other
 * records are in one shared collection.
 *
 * @example const store = createMilvusStore({ url: 'http://127.0.0.1:19530' })
 */
export function createMilvusStore(options: MilvusOptions): VectorStore {
  const { prefix = 'heddle_', index = 'HNSW' } = options;
  requirePrefix(prefix);
  const connection = checked(connect(options));
  const records = new Table(connection, `${prefix}records`, recordColumns);
  const names = namesOn(connection, `${prefix}names_`, records);
  const facts: MilvusLocation['facts'] = new Map();
  const locationOf = (name: string): MilvusLocation => ({ connection, names, records, facts, name });
  const collectionOn = (name: string, dimensions: number): VectorCollection =>
    new RecordCollection(new MilvusRecords(locationOf(name), dimensions));
  return {
    kind: 'milvus',
    async create(collection) {
      requireLength(collection.dimensions);
      await makeRecords(connection, records);
      await sweep({ connection, names, records, prefix });
      const tenant = `${prefix}c${Date.now()}_${randomBytes(8).toString('hex')}`;
      const passages = new Table(connection, tenant, passageColumns(lengthOf(collection.dimensions)));
      try {
        await passages.make(passageIndexes(index));
        await names.add(collection, tenant);
      } catch (error) {
        await passages.drop().catch(() => undefined);
        throw error;
      }
      return collectionOn(collection.name, collection.dimensions);
    },
    async list() {
      const entries = [...(await names.all())].sort(([a], [b]) => (a < b ? -1 : 1));
      return Promise.all(entries.map(([name, entry]) => readInfo(placeIn(locationOf(name), entry))));
    },
    async open(name) {
      return collectionOn(name, (await names.find(name)).dimensions);
    },
    async drop(name) {
      const removed = await names.remove(name);
      if (removed === undefined) return false;
      await removeTenant(records, passagesOf(connection, removed.tenant, removed.dimensions));
      return true;
    },
    rename: (moves) => names.rename(moves),
    close() {
      connection.close();
      return Promise.resolve();
    },
  };
}

/** Errors: `setting_invalid`. */
function requirePrefix(prefix: string): void {
  if (!/^[A-Za-z_]\w{0,60}$/.test(prefix))
    throw new HeddleError(
      'setting_invalid',
      `The prefix '${prefix}' cannot begin names of collections in Milvus: use a letter, then letters, digits and _.`,
    );
}

/** Milvus' limit for the dimensions of a vector. */
const longestVector = 32_768;

function requireLength(dimensions: number): void {
  if (dimensions > longestVector)
    throw new HeddleError(
      'collection_dimensions',
      `Milvus stores vectors with at most ${longestVector} dimensions, not ${dimensions}: use another model or store.`,
    );
}

/** Creates the table that all collections share. Errors: `vector_store_failed` if a foreign table has its name. */
async function makeRecords(connection: Connection, records: Table): Promise<void> {
  const fields = await records.fieldNames();
  if (fields !== undefined && !Object.keys(recordColumns).every((name) => fields.includes(name)))
    throw new HeddleError(
      'vector_store_failed',
      `The collection '${records.name}' on Milvus at ${connection.host} was not made by Heddle: remove it or give it another name.`,
    );
  await records.make(recordIndexes);
}

/** Removes everything of a collection. The table of its passages goes last: while it exists, a sweep finds the other records. */
async function removeTenant(records: Table, passages: Table): Promise<void> {
  await records.remove(`tenant == ${quoted(passages.name)}`);
  await passages.drop();
}

/** A table without a name is removed after an hour: the program that created it ended before it named it. */
const orphanMs = 3_600_000;

interface Swept {
  readonly connection: Connection;
  readonly names: Names;
  readonly records: Table;
  readonly prefix: string;
}

/** Removes tables that no name refers to. */
async function sweep({ connection, names, records, prefix }: Swept): Promise<void> {
  const madeAt = (name: string): number =>
    name.startsWith(prefix)
      ? Number(/^c(\d+)_[0-9a-f]+$/.exec(name.slice(prefix.length))?.[1] ?? Number.NaN)
      : Number.NaN;
  const old = (await collectionNames(connection)).filter((name) => madeAt(name) < Date.now() - orphanMs);
  if (old.length === 0) return;
  const named = new Set([...(await names.all()).values()].map(({ tenant }) => tenant));
  for (const name of old.filter((one) => !named.has(one))) await removeTenant(records, passagesOf(connection, name, 2));
}

/** Checks the server's version once, before the first call. */
function checked(connection: Connection): Connection {
  let known: Promise<void> | undefined;
  const check = async (): Promise<void> => {
    const { version } = z.object({ version: z.string() }).parse(await connection.call('GetVersion', {}));
    const [major = oldest[0], minor = 0] = (/(\d+)\.(\d+)/.exec(version)?.slice(1) ?? ['999']).map(Number);
    if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
    throw new HeddleError(
      'vector_store_failed',
      `Milvus at ${connection.host} has version ${version}: Heddle keeps collections in Milvus ${oldest.join('.')} or newer.`,
    );
  };
  const ready = (): Promise<void> =>
    (known ??= check().catch((error: unknown) => {
      known = undefined;
      throw error;
    }));
  return { ...connection, call: async (...call) => (await ready(), connection.call(...call)) };
}
