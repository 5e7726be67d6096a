import { z } from 'zod';
import type { ErrorValue, HeddleError } from '../errors/heddle-error.js';
import type { Label } from '../labels/label.js';
import type { Passage } from '../values/values.js';
import type { Destination } from './destination.js';
import type { ParsedDocument } from './documents.js';
import type { Embedder, Reranker } from './models/embedding.js';
import { Filter } from './filter.js';
import type { ReaderRules } from './collections/reader-rules.js';
import type { CollectionGraph } from './collections/knowledge-graph.js';
import type { Reindexing } from './collections/reindexing.js';
import type { CollectionRelevance, RelevanceSetting } from './collections/relevance.js';
import { SearchSettings } from './collections/search-settings.js';
import type { CollectionInfo, DocumentInfo, NewSplitter } from './vector-store.js';

/**
 * Ranks newer passages higher: with age, the score of a passage falls towards `1 - weight` of itself, half of the remaining way in each
 * half-life.
 */
export const Recency = z
  .object({
    /** A metadata field with a date: a text, or seconds or milliseconds since the epoch. */
    field: z.string().min(1).max(200),
    halfLifeDays: z.number().positive().max(100_000).default(90),
    weight: z.number().min(0).max(1).default(0.3),
  })
  .meta({ id: 'Recency' });
export type Recency = z.infer<typeof Recency>;

const { mode, weight, titleWeight, diversity, neighbours, returns, graphWeight } = SearchSettings.shape;

/**
 * A search request from a person or a node. Missing values of `mode`, `weight`, `titleWeight`, `diversity`, `neighbours`, `returns` and
 * `graphWeight` come from the settings of the collection.
 */
export const SearchRequest = z
  .object({
    query: z.string(),
    k: z.int().min(1).max(1000).default(10),
    mode,
    filter: Filter.optional(),
    weight,
    titleWeight,
    /** Results below this score are left out. In semantic and hybrid mode, it is compared with the semantic score. */
    threshold: z.number().optional(),
    neighbours,
    /** 0 orders by score alone (maximal marginal relevance). */
    diversity,
    /** Default, unless a setting says otherwise: the larger passages if the index has them, otherwise the passages. */
    returns,
    /** Whether to use the collection's reranker, if it has one. */
    rerank: z.boolean().default(true),
    graphWeight,
    recency: Recency.optional(),
    /** Multiplies the scores of passages that match a filter. */
    boosts: z
      .array(z.object({ filter: Filter, factor: z.number().min(0.01).max(100) }))
      .max(20)
      .default([]),
    /**
     * `apply` returns nothing if the question is below the collection's threshold, `show` returns the relevance with each passage, `off`
     * does neither.
     */
    relevance: z.enum(['apply', 'show', 'off']).default('off'),
  })
  .meta({ id: 'SearchRequest' });
export type SearchRequest = z.infer<typeof SearchRequest>;

/** A document to import: bytes or text. */
export interface DocumentInput {
  /** Id inside the collection. It replaces a document with the same id. */
  readonly id: string;
  readonly title?: string;
  readonly source?: string;
  readonly content: Uint8Array | string;
  /** Only a hint: the content determines the type. */
  readonly mediaType?: string;
  /** The document if it is already parsed, with pages and headings; `content` is then its text, and nothing is parsed again. */
  readonly parsed?: ParsedDocument;
  readonly label?: Label;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /**
   * Who may read it from now on; null: everybody who may read the collection. Missing: a stored document keeps its list, and a new one
   * follows the rules of the collection.
   */
  readonly readers?: readonly string[] | null;
  /** Who may read it if it is new and `readers` is missing; the rules of the collection are then not applied. */
  readonly readersIfNew?: readonly string[];
  /** Whether the rules of the collection replace the list of a stored document. Only without `readers`. */
  readonly readersByRules?: boolean;
  /** Hash and size of the original, if the content was restored from its passages. */
  readonly madeFrom?: { readonly hash: string; readonly size: number };
  /** Set if the source could not be read. The document is reported as failed and the import continues. */
  readonly error?: ErrorValue;
}

/** The progress of one document of an import. */
export const IngestDocument = z
  .object({
    document: z.string(),
    stage: z.enum(['read', 'parse', 'split', 'embed', 'store', 'done', 'unchanged', 'failed']),
    passages: z.int().nonnegative().optional(),
    /** Why it failed; only for a failed document. */
    message: z.string().optional(),
  })
  .meta({ id: 'IngestDocument' });
export type IngestDocument = z.infer<typeof IngestDocument>;

/** The progress of an import. */
export interface IngestProgress {
  readonly documents: number;
  readonly done: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly removed: number;
  readonly passages: number;
  /** Tokens embedded so far. */
  readonly tokens: number;
  /** The current document. */
  readonly current?: string;
  readonly stage?: 'read' | 'parse' | 'split' | 'embed' | 'store';
  /** The last processed documents, in order, at most 200; failed ones are dropped last. */
  readonly recent?: readonly IngestDocument[];
}

/** The result of an import. Failed documents are named; all others are imported. */
export interface IngestReport extends Omit<IngestProgress, 'current' | 'stage' | 'recent'> {
  readonly failures: readonly { readonly document: string; readonly code: string; readonly message: string }[];
}

/** Returns the current names under which lists of readers can name a person. */
export type ReaderNamesNow = () => readonly string[] | Promise<readonly string[]>;

/** A collection with its embedding model, as nodes, CLI and API use it. */
export interface Collection {
  readonly name: string;
  /** Where documents are stored; its clearance is the label of the collection. Without it, no label is checked. */
  readonly destination?: Destination;
  /** Where queries and documents are embedded; missing for local models. */
  readonly embedding?: Destination;
  /** Where a search sends questions and passages to be reranked; missing without a reranker and for local models. */
  readonly reranking?: Destination;
  info(): Promise<CollectionInfo>;
  /** The same collection with wrapped models, for hosts that observe every model call. */
  through?(wrap: WrapModels): Collection;
  /** Embeds the query if the mode needs it, searches, and adds adjacent passages. Errors: `query_empty`, `filter_invalid`, … */
  search(request: z.input<typeof SearchRequest>, options?: SearchOptions): Promise<readonly Passage[]>;
  /** Imports documents: parse, split, embed, store. Unchanged documents are skipped. With `sync`, all other documents are removed. */
  ingest(
    documents: Iterable<DocumentInput> | AsyncIterable<DocumentInput>,
    options?: IngestOptions,
  ): Promise<IngestReport>;
  delete(documentIds: readonly string[]): Promise<number>;
  documents(options?: { readonly after?: string; readonly limit?: number }): Promise<readonly DocumentInfo[]>;
  document(id: string): Promise<DocumentInfo | undefined>;
  /** All passages of a document, in order. */
  passages(documentId: string): Promise<readonly Passage[]>;
  /** The threshold below which the collection has no answer to a question. */
  readonly relevance?: RelevanceThreshold;
  /**
   * The same collection as a reader sees it. `names` is called each time for the reader's current names; documents that the reader may not
   * read are hidden.
   */
  readableBy(names: ReaderNamesNow): Collection;
  /** Changes who may read its documents. Missing for a collection from `readableBy`, or from another project. */
  readonly readers?: CollectionReaders;
  /** Its search settings, the defaults of search requests. */
  readonly settings?: SearchSettingsOfCollection;
  /** Its knowledge graph; missing if Heddle keeps none. */
  readonly graph?: CollectionGraph;
}

/** Sets who may read the documents of a collection. */
export interface CollectionReaders {
  /**
   * Changes the list of a document, and of documents inside it: attachments, records of a file. Null: everybody. Returns the number of
   * documents; 0 if there is none.
   */
  set(document: string, readers: readonly string[] | null): Promise<number>;
  rules(): Promise<ReaderRules | undefined>;
  /**
   * Replaces the rules, and applies them to all documents whose list came from the previous rules. Returns the number of changed documents.
   */
  setRules(rules: ReaderRules | undefined): Promise<number>;
}

/** Options of a search. */
export interface SearchOptions {
  readonly signal?: AbortSignal;
  /** Called if the reranker could not be reached, so that the passages keep the order of the search. */
  readonly onUnranked?: (error: HeddleError) => void;
}

/** Wraps the models of a collection. Models without a function stay unchanged. */
export interface WrapModels {
  readonly embedder?: (embedder: Embedder) => Embedder;
  readonly reranker?: (reranker: Reranker) => Reranker;
}

/** The search settings of a collection. */
export interface SearchSettingsOfCollection {
  get(): Promise<SearchSettings>;
  /** Errors: `bad_request`, `model_unknown`, `model_wrong_kind`, `label_refused`. */
  set(settings: SearchSettings): Promise<SearchSettings>;
  /** The same collection with other settings, which are not stored; for trying them out. */
  tried(settings: SearchSettings): Promise<Collection>;
}

/** The relevance threshold of a collection. */
export interface RelevanceThreshold {
  get(): Promise<CollectionRelevance>;
  set(setting: RelevanceSetting): Promise<CollectionRelevance>;
  /** Computes the threshold if there is none or the collection has changed much; with `force`, always. */
  calibrate(options?: { readonly force?: boolean; readonly signal?: AbortSignal }): Promise<CollectionRelevance>;
}

/** Options of an import. */
export interface IngestOptions {
  readonly sync?: boolean;
  /** Imports unchanged documents again. */
  readonly force?: boolean;
  /** Removes parts that the imported documents no longer contain: records of a file, attachments. */
  readonly replaceParts?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: IngestProgress) => void;
}

/** A store that did not answer, with its error. */
export interface UnreachableStore {
  readonly store: CollectionInfo['store'];
  readonly error: HeddleError;
}

/** All collections of a data folder, in every store. */
export interface Collections {
  /**
   * Creates a collection. Errors: `collection_exists`, `model_unknown`, `model_wrong_kind`. The default splitter is `markdown`, with 20
   * tokens of overlap, title and headings as context, and as many tokens as the embedding model can read with them.
   */
  create(request: {
    readonly name: string;
    readonly embedding: string;
    readonly splitter?: NewSplitter;
    readonly label?: Label;
    readonly store?: CollectionInfo['store'];
  }): Promise<Collection>;
  /** Lists all collections. Errors: those of a store that does not answer. */
  list(): Promise<readonly CollectionInfo[]>;
  /**
   * Returns the collections of the stores that answer, the stores that do not, and all configured stores. A new collection is created in
   * the first one.
   */
  survey(): Promise<{
    readonly collections: readonly CollectionInfo[];
    readonly stores: readonly CollectionInfo['store'][];
    readonly unreachable: readonly UnreachableStore[];
  }>;
  /**
   * Opens a collection. With `embedding`, refuses a collection with another embedding model. Errors: `collection_not_found`,
   * `collection_model`.
   */
  open(name: string, options?: { readonly embedding?: string }): Promise<Collection>;
  drop(name: string): Promise<boolean>;
  /** Changes the embedding model, splitter or context of a collection while it keeps serving. */
  readonly reindexing?: Reindexing;
}
