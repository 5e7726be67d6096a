import { z } from 'zod';
import { Readers, readersMark, type ReadersChange } from '../access/readers.js';
import { joinLabels, Label, labelOf } from '../labels/label.js';
import type { Passage, Place } from '../values/values.js';
import { HeaderOptions } from './collections/headers.js';
import type { Filter } from './filter.js';

/** How documents are split into passages. Sizes are in tokens of the collection's embedding model. */
export const SplitterOptions = z
  .object({
    kind: z.enum(['recursive', 'markdown', 'sentence', 'fixed', 'row']).default('markdown').meta({ title: 'Method' }),
    maxTokens: z
      .int()
      .min(16)
      .max(8192)
      .default(200)
      .meta({ title: 'Passage size', description: 'Maximum tokens of a passage.' }),
    overlapTokens: z
      .int()
      .min(0)
      .max(1024)
      .default(20)
      .meta({ title: 'Overlap', description: 'Tokens repeated from the previous passage.' }),
    parentTokens: z.int().min(32).max(8192).optional().meta({
      title: 'Parent size',
      description: 'Maximum tokens of the larger passages that these are cut from, and that a search returns.',
    }),
    /** Missing means false: collections of older versions do not have this field. */
    context: z
      .boolean()
      .optional()
      .meta({ title: 'Context', description: 'Embeds title and headings with each passage.' }),
    header: HeaderOptions.optional(),
  })
  .meta({ id: 'SplitterOptions' });
export type SplitterOptions = z.infer<typeof SplitterOptions>;

/** The splitter of a new collection. A missing size is derived from the embedding model; a missing `context` means true. */
export const NewSplitter = SplitterOptions.extend({
  maxTokens: SplitterOptions.shape.maxTokens.unwrap().optional().meta({
    title: 'Passage size',
    description:
      'Maximum tokens of a passage. Default: as much as the embedding model reads besides title and headings.',
  }),
}).meta({ id: 'NewSplitter' });
export type NewSplitter = z.infer<typeof NewSplitter>;

/** All kinds of stores that can hold a collection. */
export const storeKinds = [
  'embedded',
  'qdrant',
  'pgvector',
  'opensearch',
  'weaviate',
  'pinecone',
  'lancedb',
  'milvus',
] as const;
/** The kind of store that holds a collection. */
export const StoreKind = z.enum(storeKinds).meta({ id: 'StoreKind' });
/** The kind of store that holds a collection. */
export type StoreKind = z.infer<typeof StoreKind>;

/** The description of a collection. */
export const CollectionInfo = z
  .object({
    name: z.string(),
    /** Catalogue id of its embedding model. */
    embedding: z.string(),
    dimensions: z.int().positive(),
    splitter: SplitterOptions,
    label: Label,
    store: StoreKind,
    documents: z.int().nonnegative(),
    passages: z.int().nonnegative(),
    /** Number of documents with a list of readers; missing if there are none. */
    restricted: z.int().positive().optional(),
    /** Epoch milliseconds. */
    createdAt: z.number(),
    updatedAt: z.number(),
  })
  .meta({ id: 'CollectionInfo' });
export type CollectionInfo = z.infer<typeof CollectionInfo>;

/**
 * A collection as one of its readers sees it. Without counts and the time of the last change where the reader may not read all documents and
 * those that they may read were not counted.
 */
export const ShownCollectionInfo = CollectionInfo.partial({ documents: true, passages: true, updatedAt: true }).meta({
  id: 'ShownCollectionInfo',
});
export type ShownCollectionInfo = z.infer<typeof ShownCollectionInfo>;

/** Returns the label of everything that is found in a collection. It has a mark if other readers may find other documents there. */
export const labelOfCollection = ({ label, restricted = 0 }: Pick<CollectionInfo, 'label' | 'restricted'>): Label =>
  restricted === 0 ? label : joinLabels(label, labelOf('public', [readersMark]));

/** A document inside a collection. */
export const DocumentInfo = z
  .object({
    id: z.string(),
    title: z.string(),
    source: z.string().optional(),
    mediaType: z.string(),
    /** SHA-256 of the bytes, in hex. */
    hash: z.string(),
    /** Size of the original in bytes. */
    size: z.int().nonnegative(),
    passages: z.int().nonnegative(),
    label: Label.optional(),
    metadata: z.record(z.string(), z.unknown()).optional(),
    /** Who may read the document; missing: everybody who may read the collection. */
    readers: Readers.optional(),
    updatedAt: z.number(),
  })
  .meta({ id: 'DocumentInfo' });
export type DocumentInfo = z.infer<typeof DocumentInfo>;

/** A stored passage with its vector. */
export interface StoredPassage {
  readonly id: string;
  readonly text: string;
  readonly vector: Float32Array;
  readonly place?: Place;
  /** Additional text for full-text search: title and headings. */
  readonly context?: string;
  /** A model's description of the passage within its document. It is searched but never shown. */
  readonly header?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** A document with all its passages, replaced as a whole in one transaction. */
export interface StoredDocument {
  readonly document: Omit<DocumentInfo, 'passages' | 'updatedAt' | 'readers'>;
  readonly passages: readonly StoredPassage[];
  /** If missing, a stored document keeps its list and a new one gets none. */
  readonly readers?: ReadersChange;
}

/** A search. Semantic search needs a vector, keyword search a text; the mode decides which are used. */
export interface VectorQuery {
  readonly vector?: Float32Array;
  readonly text?: string;
  readonly mode: 'dense' | 'lexical' | 'hybrid';
  readonly k: number;
  /** Weight of the semantic part, 0 to 1. Default 0.5. */
  readonly weight?: number;
  /**
   * How many times a term in title and headings counts in keyword search, 0 to 10. Default 2. A store may refuse other values; see
   * `StoreCapabilities`.
   */
  readonly titleWeight?: number;
  readonly filter?: Filter;
  /** The reader's names: a document whose list contains none of them is excluded before the search. Missing: everything is searched. */
  readonly readers?: readonly string[];
  readonly signal?: AbortSignal;
}

/** Names a passage and its document. */
export interface PassagePosition {
  readonly document: string;
  readonly passage: string;
}

/** The reader and filter that decide which passages are visible, as in a search. */
export type VisibleTo = Pick<VectorQuery, 'filter' | 'readers' | 'signal'>;

/** Sets who may read a document; null means everybody. */
export interface SetReaders {
  readonly document: string;
  readonly readers: readonly string[] | null;
}

/** One collection of a store. */
export interface VectorCollection {
  readonly name: string;
  info(): Promise<CollectionInfo>;
  /** Replaces whole documents. Errors: `collection_dimensions`, `collection_full`, `storage_full`, … */
  put(documents: readonly StoredDocument[]): Promise<void>;
  /** Deletes documents by id; unknown ids are ignored. Returns the number of deleted documents. */
  delete(documentIds: readonly string[]): Promise<number>;
  /** Changes who may read documents, without embedding them again. Unknown ids are ignored. Returns the number of changed documents. */
  setReaders(changes: readonly SetReaders[]): Promise<number>;
  documents(options?: { readonly after?: string; readonly limit?: number }): Promise<readonly DocumentInfo[]>;
  document(id: string): Promise<DocumentInfo | undefined>;
  passages(documentId: string): Promise<readonly Passage[]>;
  /** Returns the stored vectors of a document's passages, by passage id. They may have any length; only the direction matters. */
  vectors(documentId: string): Promise<ReadonlyMap<string, Float32Array>>;
  /**
   * Returns the best passages first, with scores. A filter on an unknown field matches nothing. Errors: `collection_dimensions`,
   * `filter_invalid`, `search_unsupported`.
   */
  search(query: VectorQuery): Promise<readonly Passage[]>;
  /**
   * Returns the ids of those passages that a search of this reader with this filter may find. A missing document contributes none. For a
   * document with more than 1,000 passages, a store may leave some out. Errors: `filter_invalid`.
   */
  visible(positions: readonly PassagePosition[], to: VisibleTo): Promise<ReadonlySet<string>>;
  /** Returns a passage and those around it, in document order. */
  neighbours(passageId: string, before: number, after: number): Promise<readonly Passage[]>;
  /** Returns the text that is stored with the collection under a key. Notes are not documents, and searches do not find them. */
  note(key: string): Promise<string | undefined>;
  /** Replaces a note; undefined removes it. */
  setNote(key: string, text: string | undefined): Promise<void>;
}

/** Default of `titleWeight`. */
export const usualTitleWeight = 2;

/** The settings of a new collection. */
export interface CreateCollection {
  readonly name: string;
  readonly embedding: string;
  readonly dimensions: number;
  readonly splitter: SplitterOptions;
  readonly label: Label;
}

/** Renames one collection. */
export interface Rename {
  readonly from: string;
  readonly to: string;
}

/** Stores vectors and passages, embedded or on a server. All implementations pass one conformance suite. */
export interface VectorStore {
  readonly kind: CollectionInfo['store'];
  /** Errors: `collection_exists`. */
  create(collection: CreateCollection): Promise<VectorCollection>;
  list(): Promise<readonly CollectionInfo[]>;
  /** Errors: `collection_not_found`. */
  open(name: string): Promise<VectorCollection>;
  /** Returns whether the collection existed. */
  drop(name: string): Promise<boolean>;
  /**
   * Renames collections in one atomic step, so that no reader sees an intermediate state. Errors: `collection_not_found`,
   * `collection_exists`.
   */
  rename(moves: readonly Rename[]): Promise<void>;
  close(): Promise<void>;
}
