import type { VectorCollection, VectorStore } from '@heddle/core';
import { RecordCollection } from '../shared/record-collection.js';
import { LanceRecords } from './lance-records.js';
import { Tables } from './tables.js';

interface LancedbOptions {
  /** A folder on this machine. Several programs may use it at once. */
  readonly folder: string;
}

/**
 * Creates the vector store in files of LanceDB. A collection is a table.
 *
 * @example const store = createLancedbStore({ folder: '/var/lib/heddle/lancedb' })
 */
export function createLancedbStore({ folder }: LancedbOptions): VectorStore {
  const tables = new Tables(folder);
  const collectionOn = (name: string, dimensions: number): VectorCollection =>
    new RecordCollection(new LanceRecords(tables, name, dimensions));
  return {
    kind: 'lancedb',
    async create(collection) {
      await tables.withNames((names) => names.create(collection));
      return collectionOn(collection.name, collection.dimensions);
    },
    async list() {
      const entries = await tables.withNames((names) => names.list());
      return Promise.all(entries.map(({ name, dimensions }) => new LanceRecords(tables, name, dimensions).info()));
    },
    async open(name) {
      const { dimensions } = await tables.withNames((names) => names.find(name));
      return collectionOn(name, dimensions);
    },
    async drop(name) {
      const isDropped = await tables.withNames((names) => names.drop(name));
      await tables.sweep();
      return isDropped;
    },
    rename: (moves) => tables.withNames((names) => names.rename(moves)),
    close: () => tables.close(),
  };
}
