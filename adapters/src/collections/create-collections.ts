import {
  defaultLabel,
  forbiddenNames,
  HeddleError,
  modelUnknown,
  toHeddleError,
  type Collection,
  type CollectionInfo,
  type Collections,
  type CreateCollection,
  type UnreachableStore,
  type VectorCollection,
  type VectorStore,
} from '@heddle/core';
import { fittingEmbedder, noReranker, type CollectionContext, type CollectionsOptions } from './collection-context.js';
import { checkHeaders } from './headers/check-headers.js';
import { createListInTime } from './stores/list-in-time.js';
import { noStore } from './stores/no-store.js';
import { locate, requireCollection } from './stores/locate-collection.js';
import { newSplitter } from './new-splitter.js';
import type { CollectionHooks } from './collection-hooks.js';
import { createNamedQueues } from '../event-loop/index.js';
import { createCollection } from './create-collection.js';
import { searchModels } from './search/search-models.js';
import { readSearchSettings } from './search/stored-settings.js';
import { followingCollection } from './reindex/following-collection.js';
import { OtherIndexes } from './reindex/other-indexes.js';
import { isOtherIndex } from './reindex/index-names.js';
import type { RunningCalibrations } from './relevance/stored-relevance.js';

/**
 * The collections of a data folder, in all its stores.
 *
 * @example const faq = await createCollections({ embedded, documents, embedder, tokenizer }).create({ name: 'faq', embedding: 'minilm' });
 */
export function createCollections(options: CollectionsOptions): Collections {
  const { embedded, servers = [], documents, tokenizer, modelAt, headers, graphs } = options;
  const { now = Date.now, reranker = noReranker } = options;
  const stores: readonly VectorStore[] = embedded === undefined ? servers : [embedded, ...servers];
  const queue = createNamedQueues();
  const calibrations: RunningCalibrations = new Map();
  const embedder: CollectionContext['embedder'] = (current) => fittingEmbedder(current, options.embedder);
  const shared = { documents, tokenizer, now, embedder, reranker, headers, graphs };
  const contextOf = (inner: VectorCollection): CollectionContext => ({ inner, ...shared });
  const questions = createLastQuestions();
  const { embedder: models, modelExists, original } = options;
  const parts = { stores, queue, contextOf, now, embedder: models, modelExists, original, headers };
  const listInTime = createListInTime();
  const reindexing = new OtherIndexes({ ...parts, lastQuestions: questions.of });

  const openNow = async (name: string): Promise<VectorCollection> => (await requireCollection(stores, name)).inner;
  const following = (inner: VectorCollection): VectorCollection =>
    followingCollection(inner, () => openNow(inner.name));
  const reopen = async (name: string): Promise<VectorCollection> => following(await openNow(name));

  const bind = async (inner: VectorCollection): Promise<Collection> => {
    const info = await inner.info();
    return createCollection(
      contextOf(inner),
      { queue, reopen, modelAt, onAsked: questions.note, ...hooksOf(reindexing) },
      info,
      calibrations,
      await searchModels(info, await readSearchSettings(inner), modelAt),
    );
  };

  return {
    create: async (request) => {
      requireName(request.name);
      const wanted = request.store ?? stores[0]?.kind ?? 'embedded';
      const store = stores.find(({ kind }) => kind === wanted);
      if (store === undefined) throw noStore(wanted);
      const known = await locate(stores, request.name);
      if (known !== undefined) throw exists(await known.inner.info(), request.embedding);
      const settings = await settingsOf(request, options);
      await reindexing.dropOthers(request.name);
      return bind(following(await store.create(settings)));
    },
    list: () => listServing(stores, reindexing),
    survey: () => surveyServing(stores, reindexing, listInTime),
    open: async (name, { embedding } = {}) => {
      const inner = await reopen(name);
      if (embedding !== undefined) requireModel(await inner.info(), embedding);
      return bind(inner);
    },
    drop: (name) => dropCollection(stores, reindexing, options, name),
    reindexing,
  };
}

const hooksOf = (reindexing: OtherIndexes): Pick<CollectionHooks, 'follow' | 'indexes'> => ({
  follow: (name) => reindexing.follow(name),
  indexes: (name) => reindexing.all(name),
});

/** The collections of all stores, without their other indexes. Errors: those of a store that does not answer. */
async function listServing(
  stores: readonly VectorStore[],
  reindexing: OtherIndexes,
): Promise<readonly CollectionInfo[]> {
  const { collections, unreachable } = await surveyServing(stores, reindexing);
  const [failed] = unreachable;
  if (failed !== undefined) throw failed.error;
  return collections;
}

async function surveyServing(
  stores: readonly VectorStore[],
  reindexing: OtherIndexes,
  listOf: (store: VectorStore) => ReturnType<VectorStore['list']> = (store) => store.list(),
): ReturnType<Collections['survey']> {
  const unreachable: UnreachableStore[] = [];
  const lists = await Promise.all(
    stores.map((store) =>
      listOf(store).catch((error: unknown) => {
        unreachable.push({ store: store.kind, error: toHeddleError(error, 'vector_store_failed') });
        return [];
      }),
    ),
  );
  const all = lists.flat();
  const own = all.filter(({ name }) => !isOtherIndex(name));
  // If a store does not answer, an index without its collection does not prove that an exchange was interrupted.
  const served = unreachable.length > 0 ? [] : await reindexing.endHandOvers(all.map(({ name }) => name));
  const collections = [...own, ...served].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { collections, stores: stores.map(({ kind }) => kind), unreachable };
}

async function dropCollection(
  stores: readonly VectorStore[],
  reindexing: OtherIndexes,
  { headers, graphs }: Pick<CollectionsOptions, 'headers' | 'graphs'>,
  name: string,
): Promise<boolean> {
  const found = await locate(stores, name);
  const wasThere = (await found?.store.drop(name)) ?? false;
  // The collection is dropped first. A crash in between leaves a hidden index, which the next collection of that name drops.
  if (!isOtherIndex(name))
    await Promise.all([reindexing.dropOthers(name), headers?.cache.forget(name), graphs?.store.forget(name)]);
  return wasThere;
}

/** The settings of a new collection; the embedding model gives the defaults. */
async function settingsOf(
  { name, embedding, splitter, label = defaultLabel }: Parameters<Collections['create']>[0],
  { embedder, modelExists, headers }: CollectionsOptions,
): Promise<CreateCollection> {
  if ((await modelExists?.(embedding)) === false) throw modelUnknown(embedding);
  const { dimensions, maxTokens } = await embedder(embedding);
  await checkHeaders(headers, { name, label }, splitter?.header);
  return { name, embedding, dimensions, splitter: newSplitter(splitter, maxTokens), label };
}

/** How many of the last questions to a collection are remembered, to compare another index with. */
const mostQuestions = 50;

function createLastQuestions() {
  const asked = new Map<string, readonly string[]>();
  return {
    note: (collection: string, question: string): void => {
      const others = (asked.get(collection) ?? []).filter((one) => one !== question);
      asked.set(collection, [question, ...others].slice(0, mostQuestions));
    },
    of: (collection: string): readonly string[] => asked.get(collection) ?? [],
  };
}

function requireName(name: string): void {
  if (/^[a-z][a-z0-9_-]{0,63}$/.test(name) && !forbiddenNames.has(name)) return;
  throw new HeddleError(
    'bad_request',
    `'${name.slice(0, 200)}' cannot be the name of a collection: use lower-case letters, digits, '-' and '_', at most 64, starting with a letter.`,
  );
}

/** Throws unless `embedding` is the model that embedded the documents of the collection. Errors: `collection_model`. */
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
