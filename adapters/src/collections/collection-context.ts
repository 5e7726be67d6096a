import {
  HeddleError,
  type CollectionInfo,
  type Destination,
  type DocumentInput,
  type Documents,
  type Embedder,
  type Graphs,
  type Headers,
  type Reranker,
  type Tokenizer,
  type VectorCollection,
  type VectorStore,
} from '@heddle/core';

/** The original of a document, where it is kept. */
export type OriginalOf = (collection: string, documentId: string) => Promise<DocumentInput | undefined>;

/** What the collections are made of. */
export interface CollectionsOptions {
  /** The store in a file of this machine; without it, a collection lives in the first store of `servers` by default. */
  readonly embedded?: VectorStore | undefined;
  /** Stores on servers, where some are set up. */
  readonly servers?: readonly VectorStore[];
  readonly documents: Pick<Documents, 'parse'>;
  readonly embedder: (id: string) => Promise<Embedder>;
  readonly tokenizer: (id: string) => Promise<Tokenizer>;
  /** Rerankers for the search settings. */
  readonly reranker?: (id: string) => Promise<Reranker>;
  /** Where a model is, when it is not on this machine: data above its clearance is then kept from it. */
  readonly modelAt?: (id: string) => Promise<Destination | undefined>;
  /** The time that the age of passages is counted from, in milliseconds since the epoch; by default the clock of the machine. */
  readonly now?: () => number;
  /** Writes headers of passages for collections that want them. */
  readonly headers?: Headers;
  /** Keeps knowledge graphs, and finds their entities. Without it, a collection has none. */
  readonly graphs?: Graphs | undefined;
  /** The original of a document, where one is kept; for a new index. */
  readonly original?: OriginalOf;
  /** Whether the catalogue has a model of this id. */
  readonly modelExists?: (id: string) => boolean | Promise<boolean>;
}

/** One open collection and what works on it. */
export interface CollectionContext extends Pick<CollectionsOptions, 'documents' | 'tokenizer' | 'headers' | 'graphs'> {
  readonly inner: VectorCollection;
  readonly now: () => number;
  /** The embedder that filled the collection. Errors: `collection_dimensions`, and those of the model. */
  readonly embedder: (info: CollectionInfo) => Promise<Embedder>;
  readonly reranker: (id: string) => Promise<Reranker>;
}

/** Rerankers of collections without them. */
export const noReranker = (id: string): Promise<Reranker> =>
  Promise.reject(new HeddleError('resource_unavailable', `The reranker '${id}' is not set up here.`));

/** Returns the embedder of a collection, and refuses one whose vectors would not fit. */
export async function fittingEmbedder(
  info: CollectionInfo,
  embedder: CollectionsOptions['embedder'],
): Promise<Embedder> {
  const model = await embedder(info.embedding);
  if (model.dimensions === info.dimensions) return model;
  throw new HeddleError(
    'collection_dimensions',
    `Collection '${info.name}' has ${info.dimensions} dimensions, model '${info.embedding}' now gives ${model.dimensions}: use the model that filled it, or make a new collection and ingest again.`,
    {
      details: { collection: info.name, expected: info.dimensions, received: model.dimensions, model: info.embedding },
    },
  );
}
