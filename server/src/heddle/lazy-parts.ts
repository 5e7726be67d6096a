import type { ConnectionHub } from '@heddle/adapters/connections';
import type { OriginalStore } from '@heddle/adapters/originals';
import type { ModelSettings } from '@heddle/adapters/models';
import type { EmbeddedStore } from '@heddle/adapters/vectors';
import type { CollectionsOptions } from '@heddle/adapters/collections';
import {
  isStoreFault,
  type Documents,
  type Embedder,
  type Graphs,
  type Headers,
  type ModelHub,
  type VectorStore,
} from '@heddle/core';
import type { OwnCollections } from '../lab/lab-indexes.js';
import type { FilesOf } from '../authority/authorised-resources.js';
import type { CollectionsFile } from '../collections/collections-file.js';
import { Originals } from '../collections/originals.js';
import { documentServices } from '../settings/document-services.js';
import { milvusTokenOf } from '../settings/milvus-token.js';
import { pgvectorUrlOf } from '../settings/server-urls.js';
import type { Settings } from '../settings/settings-table.js';
import { webClearance } from '../compile/destinations.js';
import { isRemote } from '../common/is-remote.js';
import { lazy, type Lazy } from '../common/lazy.js';
import type { Log } from '../common/log.js';
import type { HeddleParts } from './parts.js';

type LazyParts = Pick<
  HeddleParts,
  | 'models'
  | 'collections'
  | 'openCollections'
  | 'checkCollections'
  | 'documents'
  | 'files'
  | 'fetch'
  | 'sandbox'
  | 'sourceConnectors'
  | 'close'
>;

/**
 * Creates the heavy parts. Their modules are loaded when they are first used, so that the start is quick and an idle server needs little
 * memory.
 */
export function lazyParts(
  settings: Settings,
  log: Log,
  connections: ConnectionHub,
  collectionsFile: CollectionsFile | undefined,
  { headers, graphs }: { readonly headers: Headers; readonly graphs: Graphs },
  stored: OriginalStore,
): LazyParts {
  const models = lazyModels(settings, log);
  const documents = lazy(
    async () =>
      (await import('@heddle/adapters/documents')).createDocuments({
        recognise: settings.ocr === 'off' ? '' : settings.ocr,
        services: documentServices(settings),
      }),
    (part) => part.close(),
  );
  const stores = lazyStores(settings, collectionsFile);
  const originals = new Originals(stored);
  const sources = { documents, models, connections, originals, headers, graphs };
  const collections = lazy(async () => {
    const { createCollections } = await import('@heddle/adapters/collections');
    return createCollections({ ...(await stores.get()), ...(await collectionsOptions(sources)) });
  });
  const fetch = lazy(async () =>
    (await import('@heddle/adapters/fetch')).createSafeFetch({
      allowedHosts: settings.fetchAllow,
      clearance: webClearance,
    }),
  );
  const sourceConnectors = lazy(async () => (await import('@heddle/adapters/sources')).sourceConnectors);
  const sandbox = lazy(
    async () => new (await import('@heddle/adapters/sandbox')).ChildSandbox(),
    (part) => part.close(),
  );
  const files = lazy(async (): Promise<FilesOf> => {
    const { createFiles } = await import('@heddle/adapters/files');
    return (allows) => createFiles({ folders: settings.filesFolders.filter(allows) });
  });
  return {
    models,
    documents,
    collections,
    openCollections: (file, wrap, own) => openCollections({ ...sources, headers: own, graphs: undefined }, file, wrap),
    checkCollections: async () => {
      // A store that was not used yet is not opened for this check.
      if (stores.isOpen) (await stores.get()).embedded?.check();
      else collectionsFile?.check();
    },
    files,
    fetch,
    sandbox,
    sourceConnectors,
    close: async () => {
      await Promise.allSettled([collections.close(), sandbox.close(), files.close(), fetch.close()]);
      await Promise.allSettled([stores.close(), documents.close(), models.close()]);
    },
  };
}

/** The options of the model hub. It has defaults for settings without a value. */
function modelSettings(settings: Settings): ModelSettings {
  const { hubUrl, hubToken, generateThreads, embedThreads, modelMemoryMb } = settings;
  return {
    slots: settings.maxModelCalls,
    queueLimit: settings.modelQueue,
    contextTokens: settings.contextTokens,
    idleUnloadMs: settings.modelIdleMinutes * 60_000,
    gpu: settings.gpu,
    hubEndpoint: hubUrl,
    hubToken,
    generateThreads,
    embedThreads,
    memoryMb: modelMemoryMb,
  };
}

function lazyModels(settings: Settings, log: Log): Lazy<ModelHub> {
  return lazy(
    async () => {
      const { LocalModelHub, defaultModelsFolder } = await import('@heddle/adapters/models');
      return new LocalModelHub({
        modelsFolder: settings.modelsFolder ?? defaultModelsFolder(),
        dataFolder: settings.dataFolder,
        settings: modelSettings(settings),
        log: {
          info: (message, details) => log.info(details ?? {}, message),
          warn: (message, details) => log.warn(details ?? {}, message),
        },
      });
    },
    (hub) => hub.close(),
  );
}

/** The vector stores: the embedded one, and those on servers that the settings name. */
interface VectorStores {
  /** Undefined on Postgres, because other processes cannot read a file of this machine. */
  readonly embedded: EmbeddedStore | undefined;
  readonly servers: readonly VectorStore[];
}

function lazyStores(settings: Settings, collectionsFile: CollectionsFile | undefined): Lazy<VectorStores> {
  // Read early, so that a URL file that cannot be read is an error at the start.
  const pgvectorUrl = pgvectorUrlOf(settings);
  return lazy(
    async (): Promise<VectorStores> => {
      const vectors = await import('@heddle/adapters/vectors');
      const { qdrantUrl, qdrantApiKey, opensearchUrl, weaviateUrl, weaviateApiKey, lancedbFolder } = settings;
      const { pineconeApiKey, pineconeRegion, pineconeUrl, milvusUrl, milvusDatabase } = settings;
      const servers = [
        qdrantUrl === undefined ? undefined : vectors.createQdrantStore({ url: qdrantUrl, apiKey: qdrantApiKey }),
        pgvectorUrl === undefined ? undefined : vectors.createPgvectorStore({ url: pgvectorUrl }),
        opensearchUrl === undefined ? undefined : vectors.createOpensearchStore({ url: opensearchUrl }),
        weaviateUrl === undefined
          ? undefined
          : vectors.createWeaviateStore({ url: weaviateUrl, apiKey: weaviateApiKey }),
        milvusUrl === undefined
          ? undefined
          : vectors.createMilvusStore({ url: milvusUrl, token: milvusTokenOf(settings), database: milvusDatabase }),
        pineconeApiKey === undefined
          ? undefined
          : vectors.createPineconeStore({ apiKey: pineconeApiKey, region: pineconeRegion, url: pineconeUrl }),
        lancedbFolder === undefined ? undefined : vectors.createLancedbStore({ folder: lancedbFolder }),
      ];
      return {
        embedded:
          collectionsFile === undefined
            ? undefined
            : vectors.createEmbeddedStore({ file: collectionsFile.path }, collectionsFile),
        servers: servers.filter((store) => store !== undefined),
      };
    },
    async ({ embedded, servers }) => {
      await Promise.all([...(embedded === undefined ? [] : [embedded]), ...servers].map((store) => store.close()));
    },
  );
}

interface CollectionSources {
  readonly documents: Lazy<Documents>;
  readonly models: Lazy<ModelHub>;
  readonly connections: ConnectionHub;
  readonly originals: Originals;
  readonly headers: Headers;
  /** Undefined if the collections have no graph, as with the other indexes of a lab. */
  readonly graphs: Graphs | undefined;
}

/** Opens collections that are stored in a file of their own, with wrapped embedding models. */
async function openCollections(
  sources: CollectionSources,
  file: string,
  wrap: (embedder: Embedder) => Embedder,
): Promise<OwnCollections> {
  const { createCollections } = await import('@heddle/adapters/collections');
  const { createEmbeddedStore } = await import('@heddle/adapters/vectors');
  const options = await collectionsOptions(sources);
  const embedded = createEmbeddedStore({ file });
  const embedder = async (id: string): Promise<Embedder> => wrap(await options.embedder(id));
  return { ...createCollections({ ...options, embedded, embedder }), close: () => embedded.close() };
}

/** How collections read documents and embed them, wherever they are stored. */
async function collectionsOptions({
  documents,
  models,
  connections,
  originals,
  headers,
  graphs,
}: CollectionSources): Promise<Omit<CollectionsOptions, 'embedded' | 'servers'>> {
  return {
    headers,
    graphs,
    documents: await documents.get(),
    embedder: async (id) => (isRemote(id) ? connections : await models.get()).embedder(id),
    tokenizer: async (id) => (isRemote(id) ? connections : await models.get()).tokenizer(id),
    reranker: async (id) => (isRemote(id) ? connections : await models.get()).reranker(id),
    original: async (collection, id) =>
      originals.read(collection, id).catch((error: unknown) => {
        if (isStoreFault(error)) throw error;
        return undefined;
      }),
    modelAt: async (id) => {
      if (!isRemote(id)) return undefined;
      const nowhere = { name: id, clearance: 'public', isLocal: false } as const;
      return connections.destination(id).catch(() => nowhere);
    },
    modelExists: async (id) =>
      isRemote(id)
        ? connections.tokenizer(id).then(
            () => true,
            () => false,
          )
        : (await (await models.get()).list()).some((model) => model.card.id === id),
  };
}
