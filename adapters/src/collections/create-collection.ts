import {
  HeddleError,
  labelOfCollection,
  mayRead,
  type Collection,
  type CollectionInfo,
  type Destination,
  type DocumentInfo,
  type Embedder,
} from '@heddle/core';
import type { CollectionContext } from './collection-context.js';
import type { CollectionHooks } from './collection-hooks.js';
import { ingest } from './ingest.js';
import { labelled } from './labelled.js';
import { createReaders } from './readers/set-readers.js';
import { readableDocuments } from './readers/readable-documents.js';
import { StoredRelevance, type RunningCalibrations } from './relevance/stored-relevance.js';
import { search } from './search/search.js';

/** How often a search is tried while indexes are exchanged under it. */
const mostAttempts = 5;

/** A collection with its embedding model bound to it. Ingests of one collection alternate. */
export function createCollection(
  context: CollectionContext,
  hooks: CollectionHooks,
  { label }: Pick<CollectionInfo, 'label'>,
  running: RunningCalibrations,
  embedding?: Destination,
  names?: () => readonly string[],
): Collection {
  const { inner } = context;
  const relevance = new StoredRelevance(context, running);
  const readable = async (id: string): Promise<DocumentInfo | undefined> => {
    const found = await inner.document(id);
    return names === undefined || mayRead(found?.readers, names()) ? found : undefined;
  };
  return {
    name: inner.name,
    destination: { name: inner.name, clearance: label.level, isLocal: true },
    embedding,
    through: (wrap) => {
      const embedder = async (info: CollectionInfo): Promise<Embedder> => wrap(await context.embedder(info));
      return createCollection({ ...context, embedder }, hooks, { label }, running, embedding, names);
    },
    // Somebody who reads with some names can only lose some of them.
    readableBy: (given) => createCollection(context, hooks, { label }, running, embedding, narrowed(names, given)),
    readers: names === undefined ? createReaders(inner.name, hooks) : undefined,
    info: async () => {
      const info = await inner.info();
      return names === undefined ? info : { ...info, label: labelOfCollection(info) };
    },
    search: (request, options) => searchServing(context, hooks, request, { ...options, relevance, names }),
    ingest: (documents, options) =>
      hooks.queue.run(inner.name, async () => {
        const report = await ingest({ ...context, inner: await hooks.reopen(inner.name) }, documents, options);
        await hooks.follow(inner.name);
        return report;
      }),
    delete: async (documentIds) => {
      const deleted = await inner.delete(documentIds);
      if (deleted > 0) await hooks.follow(inner.name);
      return deleted;
    },
    documents: (options) =>
      names === undefined ? inner.documents(options) : readableDocuments(inner, names(), options),
    document: readable,
    relevance: names === undefined ? relevance : undefined,
    passages: async (documentId) => {
      const [info, passages] = await Promise.all([inner.info(), inner.passages(documentId)]);
      // Asked last: a list that began meanwhile counts.
      if (names !== undefined && (await readable(documentId)) === undefined) return [];
      return passages.map((passage) => labelled(passage, info));
    },
  };
}

function narrowed(
  names: (() => readonly string[]) | undefined,
  given: () => readonly string[],
): () => readonly string[] {
  if (names === undefined) return given;
  return () => {
    const own = new Set(names());
    return given().filter((name) => own.has(name));
  };
}

/** Searches the index that serves. Another one may begin to serve meanwhile: then it is searched again. */
async function searchServing(
  context: CollectionContext,
  hooks: CollectionHooks,
  request: Parameters<Collection['search']>[0],
  {
    names,
    ...options
  }: NonNullable<Parameters<typeof search>[2]> & { readonly names: (() => readonly string[]) | undefined },
): ReturnType<Collection['search']> {
  const { name } = context.inner;
  hooks.onAsked(name, request.query);
  for (let current = context, attempt = 1; ; attempt += 1) {
    try {
      // The names are those of now: a group may have changed since the last attempt.
      return await search(current, request, { ...options, readers: names?.() });
    } catch (error) {
      const isExchanged = error instanceof HeddleError && error.code === 'collection_dimensions';
      if (!isExchanged || attempt === mostAttempts) throw error;
      // Another index serves since this collection was opened.
      current = { ...context, inner: await hooks.reopen(name) };
    }
  }
}
