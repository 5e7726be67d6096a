import { collectionNotFound, HeddleError, type VectorCollection, type VectorStore } from '@heddle/core';
import { isOtherIndex } from './reindex/index-names.js';

/** A collection and the store that has it. */
export interface LocatedCollection {
  readonly store: VectorStore;
  readonly inner: VectorCollection;
}

/** Finds a collection in any of the stores. Hidden indexes are not found. */
export async function locate(stores: readonly VectorStore[], name: string): Promise<LocatedCollection | undefined> {
  if (isOtherIndex(name)) return undefined;
  for (const store of stores) {
    const inner = await openIn(store, name);
    if (inner !== undefined) return { store, inner };
  }
  return undefined;
}

/** The same. Errors: `collection_not_found`. */
export async function requireCollection(stores: readonly VectorStore[], name: string): Promise<LocatedCollection> {
  const found = await locate(stores, name);
  if (found === undefined) throw collectionNotFound(name);
  return found;
}

/** Opens a collection of one store; undefined where the store has none of that name. */
export async function openIn(store: VectorStore, name: string): Promise<VectorCollection | undefined> {
  try {
    return await store.open(name);
  } catch (error) {
    if (error instanceof HeddleError && error.code === 'collection_not_found') return undefined;
    throw error;
  }
}
