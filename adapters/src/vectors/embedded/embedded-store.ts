import type { VectorCollection, VectorStore } from '@heddle/core';
import { createEmbeddedCollection } from './embedded-collection.js';
import type { StoreOptions } from './protocol.js';
import { createWorkerClient } from './worker-client.js';

/**
 * The vector store that needs no server: one SQLite file, owned by one worker thread that starts at the first call.
 *
 * @example const store = createEmbeddedStore({ file: join(dataFolder, 'collections.db') })
 */
export function createEmbeddedStore(options: StoreOptions): VectorStore {
  const client = createWorkerClient(options);
  const open = async (name: string): Promise<VectorCollection> => {
    const { dimensions } = await client.call('info', { name });
    return createEmbeddedCollection(client, name, dimensions);
  };
  return {
    kind: 'embedded',
    async create(collection) {
      await client.call('create', collection);
      return createEmbeddedCollection(client, collection.name, collection.dimensions);
    },
    list: () => client.call('list', undefined),
    open,
    drop: (name) => client.call('drop', { name }),
    close: () => client.close(),
  };
}
