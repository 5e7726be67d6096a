import {
  HeddleError,
  isAtMost,
  type Collection,
  type CollectionInfo,
  type Destination,
  type SearchSettings,
  type WrapModels,
} from '@heddle/core';
import { checkTitleWeight } from '../../vectors/check-input.js';
import type { CollectionContext, CollectionsOptions } from '../collection-context.js';
import { parseSearchSettings, readSearchSettings, writeSearchSettings } from './stored-settings.js';

/** The search settings of a collection, and the destinations of its remote models. */
export interface SearchModels {
  readonly settings: SearchSettings;
  readonly embedding: Destination | undefined;
  readonly reranking: Destination | undefined;
}

/**
 * Finds the destinations of the models of a search. The settings are read once, so that a search uses the same settings that were checked.
 */
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

/** Wraps the models of a collection in those of a host. */
export function wrapped(
  context: CollectionContext,
  { embedder, reranker }: WrapModels,
): Pick<CollectionContext, 'embedder' | 'reranker'> {
  return {
    embedder: async (info) => embedder?.(await context.embedder(info)) ?? context.embedder(info),
    reranker: async (id) => reranker?.(await context.reranker(id)) ?? context.reranker(id),
  };
}

export function settingsOfCollection(
  context: CollectionContext,
  label: CollectionInfo['label'],
  tried: (settings: SearchSettings) => Promise<Collection>,
): NonNullable<Collection['settings']> {
  const { inner } = context;
  const checked = async (wanted: SearchSettings): Promise<SearchSettings> => {
    const parsed = parseSearchSettings(inner.name, wanted);
    checkTitleWeight(inner.name, (await inner.info()).store, { mode: 'lexical', ...parsed });
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

/** Errors: `label_refused` if no document of the collection may be sent to the reranker, and those of opening it. */
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
