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

/** Reads the original of a document; undefined if it is not kept. */
export type OriginalOf = (collection: string, documentId: string) => Promise<DocumentInput | undefined>;

export interface CollectionsOptions {
  /** The store in a file on this machine. Without it, new collections are made in the first store of `servers`. */
  readonly embedded?: VectorStore | undefined;
  readonly servers?: readonly VectorStore[];
  readonly documents: Pick<Documents, 'parse'>;
  readonly embedder: (id: string) => Promise<Embedder>;
  readonly tokenizer: (id: string) => Promise<Tokenizer>;
  readonly reranker?: (id: string) => Promise<Reranker>;
  /** The destination of a model that is not on this machine: data above its clearance is not sent to it. */
  readonly modelAt?: (id: string) => Promise<Destination | undefined>;
  /** The current time in epoch milliseconds, from which the age of passages is counted. Default: the clock of the machine. */
  readonly now?: () => number;
  /** Writes passage headers for collections that use them. */
  readonly headers?: Headers;
  /** Stores knowledge graphs and finds their entities. Without it, collections have no graph. */
  readonly graphs?: Graphs | undefined;
  /** Reads the kept originals of documents, for a new index. */
  readonly original?: OriginalOf;
  readonly modelExists?: (id: string) => boolean | Promise<boolean>;
}

export interface CollectionContext extends Pick<CollectionsOptions, 'documents' | 'tokenizer' | 'headers' | 'graphs'> {
  readonly inner: VectorCollection;
  readonly now: () => number;
  /** Opens the embedder that filled the collection. Errors: `collection_dimensions`, and those of the model. */
  readonly embedder: (info: CollectionInfo) => Promise<Embedder>;
  readonly reranker: (id: string) => Promise<Reranker>;
}

/** The `reranker` of collections without rerankers: it always fails. */
export const noReranker = (id: string): Promise<Reranker> =>
  Promise.reject(new HeddleError('resource_unavailable', `The reranker '${id}' is not set up here.`));

/** Opens the embedder of a collection, and refuses one whose vectors would not fit. */
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
