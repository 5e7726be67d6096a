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

/** Puts new passages before old ones: the score of a passage falls towards `1 - weight` of itself, by half of the way in each half-life. */
export const Recency = z
  .object({
    /** A field of the metadata with a date as text, or as seconds or milliseconds since the epoch. */
    field: z.string().min(1).max(200),
    halfLifeDays: z.number().positive().max(100_000).default(90),
    weight: z.number().min(0).max(1).default(0.3),
  })
  .meta({ id: 'Recency' });
export type Recency = z.infer<typeof Recency>;

const { mode, weight, titleWeight, diversity, neighbours, returns, graphWeight } = SearchSettings.shape;

/** A search request from a person or a node. What it leaves out of `mode`, `weight`, `titleWeight`, `diversity`, `neighbours`, `returns` and `graphWeight` is as the collection has it. */
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
    /** Without it and without a setting: the larger passages where the index has some, else the passages. */
    returns,
    /** Whether the reranker of the collection is used, where it has one. */
    rerank: z.boolean().default(true),
    graphWeight,
    recency: Recency.optional(),
    /** Multiplies the scores of passages that pass a filter. */
    boosts: z
      .array(z.object({ filter: Filter, factor: z.number().min(0.01).max(100) }))
      .max(20)
      .default([]),
    /** `apply` returns nothing if the question is below the threshold of the collection, `show` returns the relevance with each passage, `off` does neither. */
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
  /** The document as parsed before, with pages and headings; `content` is then its text. It is not parsed again. */
  readonly parsed?: ParsedDocument;
  readonly label?: Label;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Who may read it from now on; null: everybody who may read the collection. Missing: a stored document keeps its list, a new one follows the rules of the collection. */
  readonly readers?: readonly string[] | null;
  /** Who may read it if it is not stored yet and `readers` is missing: then no rule is asked. */
  readonly readersIfNew?: readonly string[];
  /** Of the original, where the content was made from its passages. */
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
  /** The last documents that were processed, in order, at most 200; failed ones are left out last. */
  readonly recent?: readonly IngestDocument[];
}

/** The result of an import. Failed documents are named; all others are imported. */
export interface IngestReport extends Omit<IngestProgress, 'current' | 'stage' | 'recent'> {
  readonly failures: readonly { readonly document: string; readonly code: string; readonly message: string }[];
}

/** The names by which lists of readers mean somebody, as they are when they are asked for. */
export type ReaderNamesNow = () => readonly string[] | Promise<readonly string[]>;

/** A collection and its embedding model: what nodes, CLI and API use. */
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
  /** The threshold below which a question has no answer here. */
  readonly relevance?: RelevanceThreshold;
  /** The same collection as somebody sees it, who has the names that the function gives at each call: other documents are not there. */
  readableBy(names: ReaderNamesNow): Collection;
  /** Who may read its documents. A collection that somebody reads by `readableBy`, or that another project lent, has none. */
  readonly readers?: CollectionReaders;
  /** How it is searched where a request leaves it out. */
  readonly settings?: SearchSettingsOfCollection;
  /** Its knowledge graph, where Heddle keeps one. */
  readonly graph?: CollectionGraph;
}

/** Sets who may read the documents of a collection. */
export interface CollectionReaders {
  /** Changes the list of a document, and of what stands in it: attachments, records of a file. Null: everybody. Returns the number of documents; 0 if there is none. */
  set(document: string, readers: readonly string[] | null): Promise<number>;
  rules(): Promise<ReaderRules | undefined>;
  /** Replaces the rules, and applies them to all documents whose list is what the rules before gave. Returns the number of documents that changed. */
  setRules(rules: ReaderRules | undefined): Promise<number>;
}

/** Options of a search. */
export interface SearchOptions {
  readonly signal?: AbortSignal;
  /** Called where the reranker could not be reached and the passages keep the order of the search. */
  readonly onUnranked?: (error: HeddleError) => void;
}

/** Wraps the models of a collection; a model without a function stays as it is. */
export interface WrapModels {
  readonly embedder?: (embedder: Embedder) => Embedder;
  readonly reranker?: (reranker: Reranker) => Reranker;
}

/** The search settings of a collection. */
export interface SearchSettingsOfCollection {
  get(): Promise<SearchSettings>;
  /** Errors: `bad_request`, `model_unknown`, `model_wrong_kind`, `label_refused`. */
  set(settings: SearchSettings): Promise<SearchSettings>;
  /** The same collection with other settings, which are not stored. */
  tried(settings: SearchSettings): Promise<Collection>;
}

/** The threshold of a collection. */
export interface RelevanceThreshold {
  get(): Promise<CollectionRelevance>;
  set(setting: RelevanceSetting): Promise<CollectionRelevance>;
  /** Computes the threshold if there is none or if the collection changed much; always with `force`. */
  calibrate(options?: { readonly force?: boolean; readonly signal?: AbortSignal }): Promise<CollectionRelevance>;
}

/** Options of an import. */
export interface IngestOptions {
  readonly sync?: boolean;
  /** Imports unchanged documents again. */
  readonly force?: boolean;
  /** Removes what stood in the imported documents before and does not any more: records of a file, attachments. */
  readonly replaceParts?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: IngestProgress) => void;
}

/** A store that did not answer, and why. */
export interface UnreachableStore {
  readonly store: CollectionInfo['store'];
  readonly error: HeddleError;
}

/** All collections of a data folder, in every store. */
export interface Collections {
  /** Errors: `collection_exists`, `model_unknown`, `model_wrong_kind`. By default the splitter is `markdown`, with 20 tokens of overlap, title and headings as context, and the size that the embedding model reads beside them. */
  create(request: {
    readonly name: string;
    readonly embedding: string;
    readonly splitter?: NewSplitter;
    readonly label?: Label;
    readonly store?: CollectionInfo['store'];
  }): Promise<Collection>;
  /** Errors: of a store that does not answer. */
  list(): Promise<readonly CollectionInfo[]>;
  /** The collections of the stores that answer, the stores that do not, and all that are set up: a new collection lives in the first. */
  survey(): Promise<{
    readonly collections: readonly CollectionInfo[];
    readonly stores: readonly CollectionInfo['store'][];
    readonly unreachable: readonly UnreachableStore[];
  }>;
  /** With `embedding`, it refuses a collection with another embedding model. Errors: `collection_not_found`, `collection_model`. */
  open(name: string, options?: { readonly embedding?: string }): Promise<Collection>;
  drop(name: string): Promise<boolean>;
  /** Another embedding model, splitter or context for a collection that goes on serving. */
  readonly reindexing?: Reindexing;
}
