import type { Collection, CollectionInfo, Destination, Embedder } from '@heddle/core';
import type { CollectionContext } from './collection-context.js';
import { ingest } from './ingest.js';
import { labelled } from './labelled.js';
import { createRelevance, type RunningCalibrations } from './relevance/create-relevance.js';
import { search } from './search/search.js';
import type { NamedQueues } from './named-queues.js';

/** A collection with its embedding model bound to it. Ingests of one collection alternate. */
export function createCollection(
  context: CollectionContext,
  queue: NamedQueues,
  { label }: Pick<CollectionInfo, 'label'>,
  running: RunningCalibrations,
  embedding?: Destination,
): Collection {
  const { inner } = context;
  const relevance = createRelevance(context, running);
  return {
    name: inner.name,
    destination: { name: inner.name, clearance: label.level, isLocal: true },
    embedding,
    through: (wrap) => {
      const embedder = async (info: CollectionInfo): Promise<Embedder> => wrap(await context.embedder(info));
      return createCollection({ ...context, embedder }, queue, { label }, running, embedding);
    },
    info: () => inner.info(),
    search: (request, options) => search(context, request, { ...options, relevance }),
    ingest: (documents, options) => queue.run(inner.name, () => ingest(context, documents, options)),
    delete: (documentIds) => inner.delete(documentIds),
    documents: (options) => inner.documents(options),
    document: (id) => inner.document(id),
    relevance,
    passages: async (documentId) => {
      const [info, passages] = await Promise.all([inner.info(), inner.passages(documentId)]);
      return passages.map((passage) => labelled(passage, info));
    },
  };
}
