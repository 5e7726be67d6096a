import type { VectorCollection, VectorStore } from '@heddle/core';
import { guardFile, type FileGuard } from '../../database/files/guard-file.js';
import { refuseLost } from '../../database/files/lost-file.js';
import { createEmbeddedCollection } from './embedded-collection.js';
import type { HeaderCandidates, MatchedHeaders, StoreOptions } from './worker/protocol.js';
import { WorkerClient, type FileMemory } from './worker/worker-client.js';

export interface EmbeddedStore extends VectorStore {
  /** Errors: `storage_*`, if its file is lost, damaged or full. */
  check(): void;
  /** Finds out which of the headers written for a document its passages were stored with. Errors: `collection_not_found`, `storage_*`. */
  matchHeaders(collection: string, candidates: HeaderCandidates): Promise<MatchedHeaders>;
}

/**
 * Creates the vector store that needs no server: one SQLite file, owned by one worker thread that starts at the first call. A file that
 * `memory` knows is never created anew: if it is missing, every call is refused.
 *
 * @example const store = createEmbeddedStore({ file: join(dataFolder, 'collections.db') })
 */
export function createEmbeddedStore(options: StoreOptions, memory?: FileMemory): EmbeddedStore {
  const worker = new WorkerClient(options, memory);
  const check = checkerOf(options.file, worker, memory);
  const client: Pick<WorkerClient, 'call'> = {
    async call(name, take, callOptions) {
      // A write to a file that is no longer in any folder would be lost.
      if (writers.has(name)) check();
      const given = await worker.call(name, take, callOptions);
      check();
      return given;
    },
  };
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
    rename: (moves) => client.call('rename', moves),
    matchHeaders: (name, candidates) => client.call('matchHeaders', { name, ...candidates }),
    check() {
      if (worker.fault !== undefined) throw worker.fault;
      check();
    },
    close: () => worker.close(),
  };
}

const writers: ReadonlySet<string> = new Set(['create', 'drop', 'rename', 'put', 'delete', 'setReaders', 'setNote']);

/** Checks that the file and its log on the disk are the ones that the worker has open. */
function checkerOf(file: string, client: WorkerClient, memory: FileMemory | undefined): () => void {
  let worker: number | undefined;
  let guards: readonly FileGuard[] = [];
  return () => {
    if (file === ':memory:') return;
    refuseLost(file, { wasThere: memory?.wasThere() === true });
    if (client.worker === undefined) return;
    if (client.worker !== worker) {
      worker = client.worker;
      // When the last worker ended, SQLite merged the log into the file, so both are new.
      guards = [guardFile(file), guardFile(`${file}-wal`)];
    }
    for (const guard of guards) guard.check();
  };
}
