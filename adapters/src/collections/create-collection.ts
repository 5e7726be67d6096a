import {
  HeddleError,
  labelOfCollection,
  mayRead,
  type Collection,
  type CollectionInfo,
  type DocumentInfo,
  type SearchSettings,
  type ReaderNamesNow,
} from '@heddle/core';
import type { CollectionContext } from './collection-context.js';
import type { CollectionHooks } from './collection-hooks.js';
import { collectionGraph } from './graph/collection-graph.js';
import { ingest, removeDocuments } from './ingest.js';
import { labelled } from './labelled.js';
import { createReaders } from './readers/set-readers.js';
import { readableDocuments } from './readers/readable-documents.js';
import { StoredRelevance, type RunningCalibrations } from './relevance/stored-relevance.js';
import { search } from './search/search.js';
import { searchModels, settingsOfCollection, wrapped, type SearchModels } from './search/search-models.js';

/** How often a search is tried again because another index began to serve. */
const mostAttempts = 5;

/**
 * Creates the interface to a collection, with its models. With `names`, it shows only what a caller with these names may read. Imports of
 * one collection run one after another.
 */
export function createCollection(
  context: CollectionContext,
  hooks: CollectionHooks,
  { label }: Pick<CollectionInfo, 'label'>,
  running: RunningCalibrations,
  models: SearchModels,
  names?: ReaderNamesNow,
): Collection {
  const { inner } = context;
  const { settings, embedding, reranking } = models;
  const relevance = new StoredRelevance(context, running);
  const bound = (other: CollectionContext, tried: SearchModels, readers = names): Collection =>
    createCollection(other, hooks, { label }, running, tried, readers);
  const tried = async (wanted: SearchSettings): Promise<Collection> =>
    bound(context, await searchModels(await inner.info(), wanted, hooks.modelAt));
  const readable = async (id: string): Promise<DocumentInfo | undefined> => {
    const found = await inner.document(id);
    return names === undefined || mayRead(found?.readers, await names()) ? found : undefined;
  };
  return {
    name: inner.name,
    destination: { name: inner.name, clearance: label.level, isLocal: true },
    embedding,
    reranking,
    through: (wrap) => bound({ ...context, ...wrapped(context, wrap) }, models),
    // A view can be narrowed but never widened.
    readableBy: (given) => bound(context, models, narrowed(names, given)),
    readers: names === undefined ? createReaders(inner.name, hooks) : undefined,
    settings: settingsOfCollection(context, label, tried),
    info: async () => {
      const info = await inner.info();
      return names === undefined ? info : { ...info, label: labelOfCollection(info) };
    },
    search: (request, options) => searchServing(context, hooks, request, { ...options, relevance, settings, names }),
    ...writing(context, hooks),
    documents: async (options) =>
      names === undefined ? inner.documents(options) : readableDocuments(inner, await names(), options),
    document: readable,
    relevance: names === undefined ? relevance : undefined,
    graph:
      context.graphs && collectionGraph(context, context.graphs, { label }, { names, hidden: () => new Set<string>() }),
    passages: async (documentId) => {
      const [info, passages] = await Promise.all([inner.info(), inner.passages(documentId)]);
      // Checked last, so that a list of readers that changed meanwhile counts.
      if (names !== undefined && (await readable(documentId)) === undefined) return [];
      return passages.map((passage) => labelled(passage, info));
    },
  };
}

function writing(
  context: CollectionContext,
  { queue, reopen, follow }: CollectionHooks,
): Pick<Collection, 'ingest' | 'delete'> {
  const { inner } = context;
  return {
    ingest: (documents, options) =>
      queue.run(inner.name, async () => {
        const report = await ingest({ ...context, inner: await reopen(inner.name) }, documents, options);
        await follow(inner.name);
        return report;
      }),
    delete: async (documentIds) => {
      const deleted = await removeDocuments(context, documentIds);
      if (deleted > 0) await follow(inner.name);
      return deleted;
    },
  };
}

function narrowed(names: ReaderNamesNow | undefined, given: ReaderNamesNow): ReaderNamesNow {
  if (names === undefined) return given;
  return async () => {
    const own = new Set(await names());
    return (await given()).filter((name) => own.has(name));
  };
}

/** Searches the serving index. If another index begins to serve meanwhile, it searches again. */
async function searchServing(
  context: CollectionContext,
  hooks: CollectionHooks,
  request: Parameters<Collection['search']>[0],
  { names, ...options }: NonNullable<Parameters<typeof search>[2]> & { readonly names: ReaderNamesNow | undefined },
): ReturnType<Collection['search']> {
  const { name } = context.inner;
  hooks.onAsked(name, request.query);
  for (let current = context, attempt = 1; ; attempt += 1) {
    try {
      // Read again in each attempt: the groups of the caller may have changed.
      return await search(current, request, { ...options, readers: await names?.() });
    } catch (error) {
      const isExchanged = error instanceof HeddleError && error.code === 'collection_dimensions';
      if (!isExchanged || attempt === mostAttempts) throw error;
      // Another index has begun to serve since this collection was opened.
      current = { ...context, inner: await hooks.reopen(name) };
    }
  }
}
