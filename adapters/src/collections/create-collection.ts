import {
  HeddleError,
  isAtMost,
  type Collection,
  type CollectionInfo,
  type Destination,
  type SearchSettings,
  type VectorCollection,
  type WrapModels,
} from '@heddle/core';
import type { CollectionContext, CollectionsOptions } from './collection-context.js';
import { ingest } from './ingest.js';
import { labelled } from './labelled.js';
import { StoredRelevance, type RunningCalibrations } from './relevance/stored-relevance.js';
import { search } from './search/search.js';
import { parseSearchSettings, readSearchSettings, writeSearchSettings } from './search/stored-settings.js';
import type { NamedQueues } from './named-queues.js';

/** How often a search is tried while indexes are exchanged under it. */
const mostAttempts = 5;

/** What a collection tells others. */
export interface CollectionHooks {
  readonly queue: NamedQueues;
  /** Opens the collection again, because another index may have replaced this one. */
  readonly reopen: (collection: string) => Promise<VectorCollection>;
  readonly onAsked: (collection: string, question: string) => void;
  /** Documents were written or deleted. */
  readonly follow: (collection: string) => Promise<void>;
  readonly modelAt: CollectionsOptions['modelAt'];
}

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
): Collection {
  const { inner } = context;
  const { settings, embedding, reranking } = models;
  const relevance = new StoredRelevance(context, running);
  const bound = (other: CollectionContext, search: SearchModels): Collection =>
    createCollection(other, hooks, { label }, running, search);
  const tried = async (wanted: SearchSettings): Promise<Collection> =>
    bound(context, await searchModels(await inner.info(), wanted, hooks.modelAt));
  return {
    name: inner.name,
    destination: { name: inner.name, clearance: label.level, isLocal: true },
    embedding,
    reranking,
    through: (wrap) => bound({ ...context, ...wrapped(context, wrap) }, models),
    settings: settingsOfCollection(context, label, tried),
    info: () => inner.info(),
    search: async (request, options) => {
      hooks.onAsked(inner.name, request.query);
      for (let current = context, attempt = 1; ; attempt += 1) {
        try {
          return await search(current, request, { ...options, relevance, settings });
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
    documents: (options) => inner.documents(options),
    document: (id) => inner.document(id),
    relevance,
    passages: async (documentId) => {
      const [info, passages] = await Promise.all([inner.info(), inner.passages(documentId)]);
      return passages.map((passage) => labelled(passage, info));
    },
  };
}

/** The models of a collection behind those of a host. */
function wrapped(
  context: CollectionContext,
  { embedder, reranker }: WrapModels,
): Pick<CollectionContext, 'embedder' | 'reranker'> {
  return {
    embedder: async (info) => embedder?.(await context.embedder(info)) ?? context.embedder(info),
    reranker: async (id) => reranker?.(await context.reranker(id)) ?? context.reranker(id),
  };
}

/** Reads and changes the search settings of a collection. */
function settingsOfCollection(
  context: CollectionContext,
  label: CollectionInfo['label'],
  tried: (settings: SearchSettings) => Promise<Collection>,
): NonNullable<Collection['settings']> {
  const { inner } = context;
  const checked = async (wanted: SearchSettings): Promise<SearchSettings> => {
    const parsed = parseSearchSettings(inner.name, wanted);
    await checkReranker(context, label, parsed);
    return parsed;
  };
  return {
    get: () => readSearchSettings(inner),
    set: async (wanted) => {
      await writeSearchSettings(inner, await checked(wanted));
      return readSearchSettings(inner);
    },
    tried: async (wanted) => tried(await checked(wanted)),
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
