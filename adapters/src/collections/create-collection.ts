import {
  HeddleError,
  isAtMost,
  labelOfCollection,
  mayRead,
  type Collection,
  type CollectionInfo,
  type Destination,
  type DocumentInfo,
  type Embedder,
  type Reranker,
  type SearchSettings,
} from '@heddle/core';
import type { CollectionContext, CollectionsOptions } from './collection-context.js';
import type { CollectionHooks } from './collection-hooks.js';
import { ingest } from './ingest.js';
import { labelled } from './labelled.js';
import { createReaders } from './readers/set-readers.js';
import { readableDocuments } from './readers/readable-documents.js';
import { StoredRelevance, type RunningCalibrations } from './relevance/stored-relevance.js';
import { search } from './search/search.js';
import { parseSearchSettings, readSearchSettings, writeSearchSettings } from './search/stored-settings.js';

/** How often a search is tried while indexes are exchanged under it. */
const mostAttempts = 5;

/** How a collection is searched, and where its models are that are not on this machine. */
export interface SearchModels {
  readonly settings: SearchSettings;
  readonly embedding: Destination | undefined;
  readonly reranking: Destination | undefined;
}

/** Finds where the models of a search are. The settings are read once: what was checked against them is what a search does. */
export async function searchModels(
  { embedding }: Pick<CollectionInfo, 'embedding'>,
  settings: SearchSettings,
  modelAt: CollectionsOptions['modelAt'],
): Promise<SearchModels> {
  const { reranker } = settings;
  return {
    settings,
    embedding: await modelAt?.(embedding),
    reranking: reranker === undefined ? undefined : await modelAt?.(reranker.model),
  };
}

/** A collection with its embedding model bound to it. Ingests of one collection alternate. */
export function createCollection(
  context: CollectionContext,
  hooks: CollectionHooks,
  { label }: Pick<CollectionInfo, 'label'>,
  running: RunningCalibrations,
  models: SearchModels,
  names?: () => readonly string[],
): Collection {
  const { inner } = context;
  const { settings, embedding, reranking } = models;
  const relevance = new StoredRelevance(context, running);
  const readable = async (id: string): Promise<DocumentInfo | undefined> => {
    const found = await inner.document(id);
    return names === undefined || mayRead(found?.readers, names()) ? found : undefined;
  };
  return {
    name: inner.name,
    destination: { name: inner.name, clearance: label.level, isLocal: true },
    embedding,
    reranking,
    through: (wrap) => {
      const { embedder: ofEmbedder, reranker: ofReranker } = wrap;
      const embedder = async (info: CollectionInfo): Promise<Embedder> =>
        ofEmbedder?.(await context.embedder(info)) ?? context.embedder(info);
      const reranker = async (id: string): Promise<Reranker> =>
        ofReranker?.(await context.reranker(id)) ?? context.reranker(id);
      return createCollection({ ...context, embedder, reranker }, hooks, { label }, running, models, names);
    },
    // Somebody who reads with some names can only lose some of them.
    readableBy: (given) => createCollection(context, hooks, { label }, running, models, narrowed(names, given)),
    readers: names === undefined ? createReaders(inner.name, hooks) : undefined,
    info: async () => {
      const info = await inner.info();
      return names === undefined ? info : { ...info, label: labelOfCollection(info) };
    },
    settings: {
      get: () => readSearchSettings(inner),
      set: async (wanted) => {
        await checkReranker(context, label, parseSearchSettings(inner.name, wanted));
        await writeSearchSettings(inner, wanted);
        return readSearchSettings(inner);
      },
      tried: async (wanted) => {
        const parsed = parseSearchSettings(inner.name, wanted);
        await checkReranker(context, label, parsed);
        const tried = await searchModels(await inner.info(), parsed, hooks.modelAt);
        return createCollection(context, hooks, { label }, running, tried, names);
      },
    },
    search: async (request, options) => {
      hooks.onAsked(inner.name, request.query);
      for (let current = context, attempt = 1; ; attempt += 1) {
        try {
          // The names are those of now: a group may have changed since the last attempt.
          return await search(current, request, { ...options, relevance, settings, readers: names?.() });
        } catch (error) {
          const isExchanged = error instanceof HeddleError && error.code === 'collection_dimensions';
          if (!isExchanged || attempt === mostAttempts) throw error;
          // Another index serves since this collection was opened.
          current = { ...context, inner: await hooks.reopen(inner.name) };
        }
      }
    },
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

/** Errors: `label_refused` where no document of the collection may go to the reranker, and those of opening it. */
async function checkReranker(
  { inner, reranker }: Pick<CollectionContext, 'inner' | 'reranker'>,
  { level }: CollectionInfo['label'],
  settings: SearchSettings,
): Promise<void> {
  if (settings.reranker === undefined) return;
  const { destination } = await reranker(settings.reranker.model);
  if (isAtMost(level, destination.clearance)) return;
  throw new HeddleError(
    'label_refused',
    `The collection '${inner.name}' is ${level}, and '${destination.name}' takes up to ${destination.clearance}: choose a reranker of this machine, or raise the clearance of the connection.`,
    { details: { destination: destination.name, level, clearance: destination.clearance } },
  );
}
