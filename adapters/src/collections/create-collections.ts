import {
  defaultLabel,
  forbiddenNames,
  collectionNotFound,
  HeddleError,
  modelUnknown,
  type Collection,
  type CollectionInfo,
  type Collections,
  type VectorCollection,
  type VectorStore,
} from '@heddle/core';
import { fittingEmbedder, type CollectionsOptions } from './collection-context.js';
import { newSplitter } from './new-splitter.js';
import { createNamedQueues } from './named-queues.js';
import { createCollection } from './create-collection.js';
import type { RunningCalibrations } from './relevance/create-relevance.js';

/**
 * The collections of a data folder, in whichever store each lives.
 *
 * @example const faq = await createCollections({ embedded, documents, embedder, tokenizer }).create({ name: 'faq', embedding: 'minilm' });
 */
export function createCollections(options: CollectionsOptions): Collections {
  const { embedded, qdrant, documents, tokenizer } = options;
  const stores: readonly VectorStore[] = qdrant === undefined ? [embedded] : [embedded, qdrant];
  const queue = createNamedQueues();
  const calibrations: RunningCalibrations = new Map();

  const bind = async (inner: VectorCollection): Promise<Collection> => {
    const info = await inner.info();
    return createCollection(
      {
        inner,
        documents,
        tokenizer,
        now: options.now ?? Date.now,
        embedder: (current) => fittingEmbedder(current, options.embedder),
      },
      queue,
      info,
      calibrations,
      await options.embeddingAt?.(info.embedding),
    );
  };

  const find = async (name: string): Promise<{ store: VectorStore; inner: VectorCollection } | undefined> => {
    for (const store of stores) {
      const inner = await openIn(store, name);
      if (inner !== undefined) return { store, inner };
    }
    return undefined;
  };

  return {
    create: async ({ name, embedding, splitter, label, store: kind = 'embedded' }) => {
      requireName(name);
      const store = stores.find((candidate) => candidate.kind === kind);
      if (store === undefined) throw noStore(kind);
      const known = await find(name);
      if (known !== undefined) throw exists(await known.inner.info(), embedding);
      if ((await options.modelExists?.(embedding)) === false) throw modelUnknown(embedding);
      const { dimensions, maxTokens } = await options.embedder(embedding);
      const inner = await store.create({
        name,
        embedding,
        dimensions,
        splitter: newSplitter(splitter, maxTokens),
        label: label ?? defaultLabel,
      });
      return bind(inner);
    },
    list: async () => {
      const lists = await Promise.all(stores.map((store) => store.list()));
      return lists.flat().sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    open: async (name, { embedding } = {}) => {
      const found = await find(name);
      if (found === undefined) throw collectionNotFound(name);
      if (embedding !== undefined) requireModel(await found.inner.info(), embedding);
      return bind(found.inner);
    },
    drop: async (name) => (await find(name))?.store.drop(name) ?? false,
  };
}

async function openIn(store: VectorStore, name: string): Promise<VectorCollection | undefined> {
  try {
    return await store.open(name);
  } catch (error) {
    if (error instanceof HeddleError && error.code === 'collection_not_found') return undefined;
    throw error;
  }
}

function requireName(name: string): void {
  if (/^[a-z][a-z0-9_-]{0,63}$/.test(name) && !forbiddenNames.has(name)) return;
  throw new HeddleError(
    'bad_request',
    `'${name.slice(0, 200)}' cannot be the name of a collection: take lower-case letters, digits, '-' and '_', starting with a letter, 64 at most.`,
  );
}

/** Refuses a model that did not fill the collection. */
function requireModel(info: CollectionInfo, embedding: string): void {
  if (info.embedding === embedding) return;
  throw new HeddleError(
    'collection_model',
    `Collection '${info.name}' was filled with model '${info.embedding}', not '${embedding}': leave the model out to use '${info.embedding}', or make a new collection for '${embedding}'.`,
    { details: { collection: info.name, expected: info.embedding, received: embedding } },
  );
}

const exists = (info: CollectionInfo, embedding: string): HeddleError =>
  new HeddleError(
    'collection_exists',
    info.embedding === embedding
      ? `Collection '${info.name}' exists already: add documents to it, or choose another name.`
      : `Collection '${info.name}' exists already and was filled with model '${info.embedding}': choose another name for '${embedding}'.`,
    { details: { collection: info.name } },
  );

const noStore = (kind: string): HeddleError =>
  new HeddleError(
    'resource_unavailable',
    `The store '${kind}' is not set up here: set QDRANT_URL, or leave the store out to use the embedded one.`,
    { details: { store: kind } },
  );
