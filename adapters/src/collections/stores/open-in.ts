import { HeddleError, type VectorCollection, type VectorStore } from '@heddle/core';

export interface LocatedCollection {
  readonly store: VectorStore;
  readonly inner: VectorCollection;
}

/** Opens a collection in one store; undefined if the store has none of that name. */
export async function openIn(store: VectorStore, name: string): Promise<VectorCollection | undefined> {
  try {
    return await store.open(name);
  } catch (error) {
    if (error instanceof HeddleError && error.code === 'collection_not_found') return undefined;
    throw error;
  }
}
