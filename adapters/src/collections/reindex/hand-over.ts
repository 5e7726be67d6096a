import { randomUUID } from 'node:crypto';
import { HeddleError, type VectorStore } from '@heddle/core';
import { failpoint } from '../../database/failpoint.js';
import { openIn, type LocatedCollection } from '../stores/open-in.js';
import { indexName, type OtherIndex } from './index-names.js';

/** The note of an index that shall serve in another store: the token of its switch. */
const takesOver = 'takes-over';
/** The note of the index that serves until then, with the same token. */
const handsOver = 'hands-over';
const whiches = ['next', 'previous'] as const;

/** An exchange of two indexes in different stores. */
interface HandOver {
  readonly name: string;
  readonly serving: LocatedCollection;
  readonly chosen: LocatedCollection;
  readonly from: OtherIndex;
  readonly to: OtherIndex;
}

/**
 * Exchanges the serving index with one in another store. One rename in the store of the old index decides. Before it, the old index serves. After it, no
 * store has the name, and the next process that opens the collection completes the exchange (`endHandOver`). So exactly one index serves at any time.
 */
export async function handOver({ name, serving, chosen, from, to }: HandOver): Promise<void> {
  const token = randomUUID();
  // What an exchange the other way left must not stand for this one.
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

/** Ends an exchange that was cut off after the step that counts. Returns the store that serves, or nothing where there was no exchange. */
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

/** Gives the index the name of the collection. Two programs may do it at once: one of them does it. */
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
