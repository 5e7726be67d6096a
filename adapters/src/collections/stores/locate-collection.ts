import { collectionNotFound, type VectorStore } from '@heddle/core';
import { openIn, type LocatedCollection } from './open-in.js';
import { endHandOver } from '../reindex/hand-over.js';
import { isOtherIndex } from '../reindex/index-names.js';

/** Finds a collection in any of the stores. Hidden indexes are not found. */
export async function locate(stores: readonly VectorStore[], name: string): Promise<LocatedCollection | undefined> {
  if (isOtherIndex(name)) return undefined;
  const found = await locateNow(stores, name);
  if (found !== undefined) return found;
  // No store has the name: an exchange with an index in another store may be in progress, or was interrupted. It may also have ended since.
  await endHandOver(stores, name);
  return locateNow(stores, name);
}

async function locateNow(stores: readonly VectorStore[], name: string): Promise<LocatedCollection | undefined> {
  for (const store of stores) {
    const inner = await openIn(store, name);
    if (inner !== undefined) return { store, inner };
  }
  return undefined;
}

/** Finds a collection, or throws. Errors: `collection_not_found`. */
export async function requireCollection(stores: readonly VectorStore[], name: string): Promise<LocatedCollection> {
  const found = await locate(stores, name);
  if (found === undefined) throw collectionNotFound(name);
  return found;
}
