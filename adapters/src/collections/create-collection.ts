import {
  HeddleError,
  type Collection,
  type CollectionInfo,
  type Destination,
  type Embedder,
  type VectorCollection,
} from '@heddle/core';
import type { CollectionContext } from './collection-context.js';
import { ingest } from './ingest.js';
import { labelled } from './labelled.js';
import { StoredRelevance, type RunningCalibrations } from './relevance/stored-relevance.js';
import { search } from './search/search.js';
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
}

/** A collection with its embedding model bound to it. Ingests of one collection alternate. */
export function createCollection(
  context: CollectionContext,
  hooks: CollectionHooks,
  { label }: Pick<CollectionInfo, 'label'>,
  running: RunningCalibrations,
  embedding?: Destination,
): Collection {
  const { inner } = context;
  const relevance = new StoredRelevance(context, running);
  return {
    name: inner.name,
    destination: { name: inner.name, clearance: label.level, isLocal: true },
    embedding,
    through: (wrap) => {
      const embedder = async (info: CollectionInfo): Promise<Embedder> => wrap(await context.embedder(info));
      return createCollection({ ...context, embedder }, hooks, { label }, running, embedding);
    },
    info: () => inner.info(),
    search: async (request, options) => {
      hooks.onAsked(inner.name, request.query);
      for (let current = context, attempt = 1; ; attempt += 1) {
        try {
          return await search(current, request, { ...options, relevance });
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
