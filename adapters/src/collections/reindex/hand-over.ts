import { randomUUID } from 'node:crypto';
import { HeddleError, type VectorStore } from '@heddle/core';
import { failpoint } from '../../database/failpoint.js';
import { openIn, type LocatedCollection } from '../stores/open-in.js';
import { indexName, type OtherIndex } from './index-names.js';

/** The key of a note on the index that will serve: the token of the exchange. */
const takesOver = 'takes-over';
/** The key of a note on the index that serves until then, with the same token. */
const handsOver = 'hands-over';
const whiches = ['next', 'previous'] as const;

interface HandOver {
  readonly name: string;
  readonly serving: LocatedCollection;
  readonly chosen: LocatedCollection;
  readonly from: OtherIndex;
  readonly to: OtherIndex;
}

/**
 * Exchanges the serving index with one in another store. One rename in the store of the old index decides. Before it, the old index serves.
 * After it, no store has the name, and the next process that opens the collection completes the exchange (`endHandOver`). So exactly one
 * index serves at any time.
 */
export async function handOver({ name, serving, chosen, from, to }: HandOver): Promise<void> {
  const token = randomUUID();
  // Notes that an earlier exchange in the other direction left must not count for this one.
  await serving.inner.setNote(takesOver, undefined);
  await chosen.inner.setNote(handsOver, undefined);
  await serving.inner.setNote(handsOver, token);
  await chosen.inner.setNote(takesOver, token);
  await serving.store.drop(indexName(name, to));
  failpoint('hand-over-before');
  await serving.store.rename([{ from: name, to: indexName(name, to) }]);
  failpoint('hand-over-renamed');
  await serve(chosen.store, name, from);
}

/**
 * Completes an exchange that was interrupted after its deciding rename. Returns the store that serves now; undefined if there was no
 * exchange.
 */
export async function endHandOver(stores: readonly VectorStore[], name: string): Promise<VectorStore | undefined> {
  for (const store of stores)
    for (const which of whiches) {
      const token = await (await openIn(store, indexName(name, which)))?.note(takesOver);
      if (token !== undefined && (await isHandedOver(stores, name, token))) {
        await serve(store, name, which);
        return store;
      }
    }
  return undefined;
}

async function isHandedOver(stores: readonly VectorStore[], name: string, token: string): Promise<boolean> {
  for (const store of stores)
    for (const which of whiches)
      if ((await (await openIn(store, indexName(name, which)))?.note(handsOver)) === token) return true;
  return false;
}

/** Gives the index the name of the collection. If two processes do it at once, one of them succeeds and the other ignores the error. */
async function serve(store: VectorStore, name: string, from: OtherIndex): Promise<void> {
  try {
    await store.rename([{ from: indexName(name, from), to: name }]);
  } catch (error) {
    const isDone = error instanceof HeddleError && ['collection_not_found', 'collection_exists'].includes(error.code);
    if (!isDone) throw error;
  }
  failpoint('hand-over-served');
  const serving = await openIn(store, name);
  await serving?.setNote(takesOver, undefined);
}
