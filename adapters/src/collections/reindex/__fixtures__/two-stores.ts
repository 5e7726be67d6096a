import { join } from 'node:path';
import type { VectorStore } from '@heddle/core';
import { createEmbeddedStore } from '../../../vectors/embedded/embedded-store.js';

/** Two stores in a folder. The second one stands for a store on a server. */
export function twoStores(folder: string): { readonly embedded: VectorStore; readonly servers: readonly [VectorStore] } {
  const embedded = createEmbeddedStore({ file: join(folder, 'collections.db') });
  const inner = createEmbeddedStore({ file: join(folder, 'server.db') });
  const kind = 'pgvector';
  const server: VectorStore = {
    kind,
    create: async (collection) => withKind(await inner.create(collection)),
    list: async () => (await inner.list()).map((info) => ({ ...info, store: kind })),
    open: async (name) => withKind(await inner.open(name)),
    drop: (name) => inner.drop(name),
    rename: (moves) => inner.rename(moves),
    close: () => inner.close(),
  };
  const withKind = (collection: Awaited<ReturnType<VectorStore['open']>>): typeof collection => ({
    ...collection,
    info: async () => ({ ...(await collection.info()), store: kind }),
  });
  return { embedded, servers: [server] };
}
