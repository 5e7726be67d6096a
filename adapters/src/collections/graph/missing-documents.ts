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

export interface DocumentOfGraph {
  readonly info: DocumentInfo;
  readonly key: string;
  /** The result of the last reading, perhaps of an older state of the document. */
  readonly stored: GraphDocumentState | undefined;
}

/** Whether the entities of a document are missing: it was never read, it or the options changed, or reading failed. */
export const isMissing = ({ key, stored }: DocumentOfGraph): boolean =>
  stored?.key !== key || stored.failure !== undefined;

/** All documents of a collection in pages, each with the result of its last reading. */
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

/** The results of reading documents, including documents that are gone. */
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
