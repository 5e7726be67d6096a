import { HeddleError, type VectorStore } from '@heddle/core';

type List = (store: VectorStore) => ReturnType<VectorStore['list']>;

/** How long a survey waits for a store: people wait for the collections of the other stores. */
const longestMs = 10_000;

/**
 * Lists the collections of stores, and does not wait long for a server that does not answer. While such a request is open, the server is
 * not asked again. The embedded store is always waited for: it answers as soon as this machine can. Errors: those of the store;
 * `vector_store_unreachable`.
 */
export function createListInTime(): List {
  const late = new Set<VectorStore>();
  return (store) => {
    if (store.kind === 'embedded') return store.list();
    if (late.has(store)) return Promise.reject(tooLate(store));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        late.add(store);
        reject(tooLate(store));
      }, longestMs);
      void store
        .list()
        .then(resolve, reject)
        .finally(() => {
          clearTimeout(timer);
          late.delete(store);
        });
    });
  };
}

const tooLate = ({ kind }: VectorStore): HeddleError =>
  new HeddleError(
    'vector_store_unreachable',
    `The store '${kind}' did not list its collections within ${longestMs / 1_000} seconds: check that it runs and is not overloaded.`,
  );
