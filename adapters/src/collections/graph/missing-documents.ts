import type {
  CollectionInfo,
  DocumentInfo,
  GraphDocumentState,
  GraphOptions,
  GraphStore,
  VectorCollection,
} from '@heddle/core';
import { keyOf } from './graph-options.js';

const pageSize = 500;

/** A document of the collection, and what is known of it. */
export interface DocumentOfGraph {
  readonly info: DocumentInfo;
  readonly key: string;
  /** What was read of it, in this state or an older one. */
  readonly stored: GraphDocumentState | undefined;
}

/** Whether its entities are not found: never, of another state or by other options, or without success. */
export const isMissing = ({ key, stored }: DocumentOfGraph): boolean =>
  stored?.key !== key || stored.failure !== undefined;

/** All documents of a collection, in pages, with what was read of each. */
export async function* documentsOfGraph(
  inner: Pick<VectorCollection, 'name' | 'documents'>,
  store: Pick<GraphStore, 'documents'>,
  options: GraphOptions,
  info: CollectionInfo,
): AsyncGenerator<readonly DocumentOfGraph[]> {
  const known = await statesOf(store, inner.name);
  for (let after: string | undefined; ;) {
    const page = await inner.documents({ limit: pageSize, after });
    yield page.map((one) => ({ info: one, key: keyOf(options, info, one), stored: known.get(one.id) }));
    after = page.at(-1)?.id;
    if (after === undefined || page.length < pageSize) return;
  }
}

/** What was read of documents, whether they are there or not. */
export async function statesOf(
  store: Pick<GraphStore, 'documents'>,
  collection: string,
): Promise<ReadonlyMap<string, GraphDocumentState>> {
  const known = new Map<string, GraphDocumentState>();
  for (let after: string | undefined; ;) {
    const page = await store.documents(collection, { after, limit: pageSize });
    for (const state of page) known.set(state.document, state);
    after = page.at(-1)?.document;
    if (after === undefined || page.length < pageSize) return known;
  }
}
