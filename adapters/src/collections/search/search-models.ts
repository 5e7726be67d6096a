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

/** The models of a collection behind those of a host. */
export function wrapped(
  context: CollectionContext,
  { embedder, reranker }: WrapModels,
): Pick<CollectionContext, 'embedder' | 'reranker'> {
  return {
    embedder: async (info) => embedder?.(await context.embedder(info)) ?? context.embedder(info),
    reranker: async (id) => reranker?.(await context.reranker(id)) ?? context.reranker(id),
  };
}

/** Reads and changes the search settings of a collection. */
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
