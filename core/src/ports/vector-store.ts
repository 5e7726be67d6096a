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
    /** Absent means false: collections of older versions have no such field. */
    context: z
      .boolean()
      .optional()
      .meta({ title: 'Context', description: 'Embeds title and headings with each passage.' }),
    header: HeaderOptions.optional(),
  })
  .meta({ id: 'SplitterOptions' });
export type SplitterOptions = z.infer<typeof SplitterOptions>;

/** The splitter of a new collection. A size that is left out follows the embedding model, a context that is left out is true. */
export const NewSplitter = SplitterOptions.extend({
  maxTokens: SplitterOptions.shape.maxTokens.unwrap().optional().meta({
    title: 'Passage size',
    description: 'Maximum tokens of a passage. Without it, what the embedding model reads beside title and headings.',
  }),
}).meta({ id: 'NewSplitter' });
export type NewSplitter = z.infer<typeof NewSplitter>;

/** The stores that a collection can be in. */
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
/** One of them. */
export const StoreKind = z.enum(storeKinds).meta({ id: 'StoreKind' });
/** One of them. */
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
    /** Documents that have a list of readers; missing where none has. */
    restricted: z.int().positive().optional(),
    /** Epoch milliseconds. */
    createdAt: z.number(),
    updatedAt: z.number(),
  })
  .meta({ id: 'CollectionInfo' });
export type CollectionInfo = z.infer<typeof CollectionInfo>;

/** The label of everything that is found in a collection. It has a mark if another reader may find other documents there. */
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
    /** Bytes of the source. */
    size: z.int().nonnegative(),
    passages: z.int().nonnegative(),
    label: Label.optional(),
    metadata: z.record(z.string(), z.unknown()).optional(),
    /** Who may read it; missing: everybody who may read the collection. */
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
  /** Text that full-text search reads in addition to `text`: title and headings. */
  readonly context?: string;
  /** What a model wrote about the passage in its document. It is searched and never shown. */
  readonly header?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** A document and all its passages: replaced as a whole, in one transaction. */
export interface StoredDocument {
  readonly document: Omit<DocumentInfo, 'passages' | 'updatedAt' | 'readers'>;
  readonly passages: readonly StoredPassage[];
  /** Missing: a stored document keeps its list, a new one has none. */
  readonly readers?: ReadersChange;
}

/** A search. The semantic part needs a vector, the keyword part a text; the mode selects the parts. */
export interface VectorQuery {
  readonly vector?: Float32Array;
  readonly text?: string;
  readonly mode: 'dense' | 'lexical' | 'hybrid';
  /** Maximum number of results. */
  readonly k: number;
  /** Weight of the semantic part, 0 to 1. Default 0.5. */
  readonly weight?: number;
  /** How often a term in title and headings counts in keyword search, 0 to 10. Default 2. A store may refuse another value: see its capabilities. */
  readonly titleWeight?: number;
  readonly filter?: Filter;
  /** The names of the reader: documents with a list that names none of them are left out before the search. Missing: everything is searched. */
  readonly readers?: readonly string[];
  readonly signal?: AbortSignal;
}

/** A passage in its document. */
export interface PassagePosition {
  /** Id of the document. */
  readonly document: string;
  /** Id of the passage. */
  readonly passage: string;
}

/** Whom passages are shown to, as in a search. */
export type VisibleTo = Pick<VectorQuery, 'filter' | 'readers' | 'signal'>;

/** Who may read a document from now on; null: everybody. */
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
  /** Changes who may read documents, without embedding them again. Unknown ids are ignored. Returns the number of documents. */
  setReaders(changes: readonly SetReaders[]): Promise<number>;
  documents(options?: { readonly after?: string; readonly limit?: number }): Promise<readonly DocumentInfo[]>;
  document(id: string): Promise<DocumentInfo | undefined>;
  /** All passages of a document, in order. */
  passages(documentId: string): Promise<readonly Passage[]>;
  /** The vectors of a document's passages by their ids, as far as they are stored; of any length, the direction counts. */
  vectors(documentId: string): Promise<ReadonlyMap<string, Float32Array>>;
  /** Best first, with scores. A filter on an unknown field matches nothing. Errors: `collection_dimensions`, `filter_invalid`, `search_unsupported`. */
  search(query: VectorQuery): Promise<readonly Passage[]>;
  /**
   * The ids of those passages that a search of this reader with this filter may find. A document that is not there has none. Of a document with more
   * than 1,000 passages, a store may leave some out. Errors: `filter_invalid`.
   */
  visible(positions: readonly PassagePosition[], to: VisibleTo): Promise<ReadonlySet<string>>;
  /** The passages around a passage, including it, in document order. */
  neighbours(passageId: string, before: number, after: number): Promise<readonly Passage[]>;
  /** A text that was stored with the collection under a key. It is no document, and no search finds it. */
  note(key: string): Promise<string | undefined>;
  /** Replaces a note; undefined removes it. */
  setNote(key: string, text: string | undefined): Promise<void>;
}

/** How often a term in title and headings counts in keyword search without a setting. */
export const usualTitleWeight = 2;

/** The settings of a new collection. */
export interface CreateCollection {
  readonly name: string;
  readonly embedding: string;
  readonly dimensions: number;
  readonly splitter: SplitterOptions;
  readonly label: Label;
}

/** The name of a collection, and the one that it gets. */
export interface Rename {
  readonly from: string;
  readonly to: string;
}

/** Stores vectors and passages: embedded or on a server. All pass one conformance suite. */
export interface VectorStore {
  readonly kind: CollectionInfo['store'];
  /** Errors: `collection_exists`. */
  create(collection: CreateCollection): Promise<VectorCollection>;
  list(): Promise<readonly CollectionInfo[]>;
  /** Errors: `collection_not_found`. */
  open(name: string): Promise<VectorCollection>;
  /** Returns whether the collection existed. */
  drop(name: string): Promise<boolean>;
  /** Gives collections other names, all in one step that no reader sees a part of. Errors: `collection_not_found`, `collection_exists`. */
  rename(moves: readonly Rename[]): Promise<void>;
  close(): Promise<void>;
}
