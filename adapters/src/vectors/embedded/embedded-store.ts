import type { VectorCollection, VectorStore } from '@heddle/core';
import { refuseLost } from '../../journal/lost-file.js';
import { createEmbeddedCollection } from './embedded-collection.js';
import type { StoreOptions } from './protocol.js';
import { createWorkerClient, type FileMemory } from './worker-client.js';

export interface EmbeddedStore extends VectorStore {
  /** Errors: `storage_*`, where its file is lost, or was found damaged or full. */
  check(): void;
}

/**
 * The vector store that needs no server: one SQLite file, owned by one worker thread that starts at the first call. A file that `memory`
 * knows is never begun anew: where it is missing, every call is refused.
 *
 * @example const store = createEmbeddedStore({ file: join(dataFolder, 'collections.db') })
 */
export function createEmbeddedStore(options: StoreOptions, memory?: FileMemory): EmbeddedStore {
  const client = createWorkerClient(options, memory);
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
    check() {
      if (client.fault !== undefined) throw client.fault;
      refuseLost(options.file, { wasThere: memory?.wasThere() === true });
    },
    close: () => client.close(),
  };
}
