import { z } from 'zod';
import type { ErrorValue } from '../errors/heddle-error.js';
import type { Label } from '../labels/label.js';
import type { Passage } from '../values/values.js';
import type { Destination } from './destination.js';
import type { ParsedDocument } from './documents.js';
import type { Embedder } from './embedding.js';
import { Filter } from './filter.js';
import type { CollectionInfo, DocumentInfo, SplitterOptions } from './vector-store.js';

/** A search as people and nodes ask for it. */
export const SearchRequest = z
  .object({
    query: z.string(),
    k: z.int().min(1).max(1000).default(10),
    mode: z.enum(['dense', 'lexical', 'hybrid']).default('hybrid'),
    filter: Filter.optional(),
    /** Weight of the dense leg, 0 to 1. */
    weight: z.number().min(0).max(1).optional(),
    /** Results below this score are left out; compared with the dense score in dense and hybrid mode. */
    threshold: z.number().optional(),
    /** Passages to add before and after each result. */
    neighbours: z.int().min(0).max(10).default(0),
  })
  .meta({ id: 'SearchRequest' });
export type SearchRequest = z.infer<typeof SearchRequest>;

/** A document to take in: bytes or text. */
export interface DocumentInput {
  /** Id inside the collection; a document with the same id is replaced. */
  readonly id: string;
  readonly title?: string;
  readonly source?: string;
  readonly content: Uint8Array | string;
  /** A hint only: the type is told by the content. */
  readonly mediaType?: string;
  /** The document as it was parsed before, pages and headings included; `content` is then its text. It is not parsed again. */
  readonly parsed?: ParsedDocument;
  readonly label?: Label;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Set when the source could not read it: the document is named as failed and the others go on. */
  readonly error?: ErrorValue;
}

/** How far one document of an ingest is. */
export const IngestDocument = z
  .object({
    document: z.string(),
    stage: z.enum(['read', 'parse', 'split', 'embed', 'store', 'done', 'unchanged', 'failed']),
    passages: z.int().nonnegative().optional(),
    /** Why it failed. */
    message: z.string().optional(),
  })
  .meta({ id: 'IngestDocument' });
export type IngestDocument = z.infer<typeof IngestDocument>;

/** How far an ingest is. */
export interface IngestProgress {
  readonly documents: number;
  readonly done: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly removed: number;
  readonly passages: number;
  /** Tokens embedded so far. */
  readonly tokens: number;
  /** What is being worked on. */
  readonly current?: string;
  readonly stage?: 'read' | 'parse' | 'split' | 'embed' | 'store';
  /** The documents that were worked on last, in their order, 200 at most. */
  readonly recent?: readonly IngestDocument[];
}

/** How an ingest ended. Documents that failed are named; the others are in. */
export interface IngestReport extends Omit<IngestProgress, 'current' | 'stage' | 'recent'> {
  readonly failures: readonly { readonly document: string; readonly code: string; readonly message: string }[];
}

/** A collection with its embedding model bound to it: what nodes, CLI and API use. */
export interface Collection {
  readonly name: string;
  /** Where stored documents are: nothing above the collection's own label may go there. Not checked where it is left out. */
  readonly destination?: Destination;
  /** Where queries and documents are embedded; left out for models of this machine. */
  readonly embedding?: Destination;
  info(): Promise<CollectionInfo>;
  /** The same collection, its embedding model called through what wraps it: for hosts that watch every call of a model. */
  through?(wrap: (embedder: Embedder) => Embedder): Collection;
  /** Embeds the query where the mode needs it, searches, adds neighbours. Errors: `query_empty`, `filter_invalid`, … */
  search(
    request: z.input<typeof SearchRequest>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<readonly Passage[]>;
  /** Takes documents in: parse, split, embed, store; unchanged ones cost nothing. With `sync`, documents not named are removed. */
  ingest(
    documents: Iterable<DocumentInput> | AsyncIterable<DocumentInput>,
    options?: IngestOptions,
  ): Promise<IngestReport>;
  delete(documentIds: readonly string[]): Promise<number>;
  documents(options?: { readonly after?: string; readonly limit?: number }): Promise<readonly DocumentInfo[]>;
  /** All passages of a document, in order. */
  passages(documentId: string): Promise<readonly Passage[]>;
}

export interface IngestOptions {
  readonly sync?: boolean;
  /** Takes documents in again that did not change. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: IngestProgress) => void;
}

/** All collections of a data folder, whichever store they live in. */
export interface Collections {
  /** Errors: `collection_exists`, `model_unknown`, `model_wrong_kind`. Splitter defaults: markdown, 200 tokens, 20 overlap. */
  create(request: {
    readonly name: string;
    readonly embedding: string;
    readonly splitter?: SplitterOptions;
    readonly label?: Label;
    readonly store?: 'embedded' | 'qdrant';
  }): Promise<Collection>;
  list(): Promise<readonly CollectionInfo[]>;
  /** With `embedding`, refuses a collection that another model filled. Errors: `collection_not_found`, `collection_model`. */
  open(name: string, options?: { readonly embedding?: string }): Promise<Collection>;
  drop(name: string): Promise<boolean>;
}
