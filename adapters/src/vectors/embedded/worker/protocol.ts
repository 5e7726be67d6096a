import type {
  CollectionInfo,
  CreateCollection,
  DocumentInfo,
  ErrorValue,
  Filter,
  Passage,
  PassagePosition,
  ReadersChange,
  Rename,
  SetReaders,
  StoredPassage,
  StoredDocument,
  VectorQuery,
} from '@heddle/core';

/** A passage without its vector: the vectors of a call are sent in one block. */
type PackedPassage = Omit<StoredPassage, 'vector'>;

/** A document as it is sent to the worker. */
export interface PackedDocument {
  readonly document: StoredDocument['document'];
  readonly passages: readonly PackedPassage[];
  readonly readers?: ReadersChange | undefined;
}

export interface MatchedHeaders {
  /** By passage id; passages without a header are missing. */
  readonly headers: ReadonlyMap<string, string>;
  /** Passages whose header is none of the offered ones. */
  readonly unknown: number;
}

/** The possible headers of a document. */
export interface HeaderCandidates {
  readonly document: string;
  /** Title and headings of each passage in order, as the store received them. */
  readonly contexts: readonly string[];
  readonly headers: readonly string[];
}

/** A search as it is sent to the worker. */
export interface PackedQuery {
  readonly vector?: Float32Array;
  readonly text?: string;
  readonly mode: VectorQuery['mode'];
  readonly k: number;
  readonly weight?: number;
  readonly titleWeight?: number;
  readonly filter?: Filter;
  readonly readers?: readonly string[];
}

/** Every call that the worker answers, with its arguments and its result. */
export interface StoreCalls {
  create: { readonly take: CreateCollection; readonly give: undefined };
  list: { readonly take: undefined; readonly give: readonly CollectionInfo[] };
  info: { readonly take: { readonly name: string }; readonly give: CollectionInfo };
  drop: { readonly take: { readonly name: string }; readonly give: boolean };
  put: {
    readonly take: {
      readonly name: string;
      readonly documents: readonly PackedDocument[];
      readonly vectors: Float32Array;
    };
    readonly give: undefined;
  };
  delete: { readonly take: { readonly name: string; readonly documents: readonly string[] }; readonly give: number };
  setReaders: {
    readonly take: { readonly name: string; readonly changes: readonly SetReaders[] };
    readonly give: number;
  };
  documents: {
    readonly take: { readonly name: string; readonly after?: string; readonly limit: number };
    readonly give: readonly DocumentInfo[];
  };
  document: {
    readonly take: { readonly name: string; readonly document: string };
    readonly give: DocumentInfo | undefined;
  };
  passages: { readonly take: { readonly name: string; readonly document: string }; readonly give: readonly Passage[] };
  vectors: {
    readonly take: { readonly name: string; readonly document: string };
    readonly give: ReadonlyMap<string, Float32Array>;
  };
  matchHeaders: { readonly take: HeaderCandidates & { readonly name: string }; readonly give: MatchedHeaders };
  search: { readonly take: { readonly name: string; readonly query: PackedQuery }; readonly give: readonly Passage[] };
  visible: {
    readonly take: {
      readonly name: string;
      readonly positions: readonly PassagePosition[];
      readonly to: { readonly filter?: Filter | undefined; readonly readers?: readonly string[] | undefined };
    };
    readonly give: ReadonlySet<string>;
  };
  neighbours: {
    readonly take: { readonly name: string; readonly passage: string; readonly before: number; readonly after: number };
    readonly give: readonly Passage[];
  };
  rename: { readonly take: readonly Rename[]; readonly give: undefined };
  note: { readonly take: { readonly name: string; readonly key: string }; readonly give: string | undefined };
  setNote: {
    readonly take: { readonly name: string; readonly key: string; readonly text?: string };
    readonly give: undefined;
  };
  close: { readonly take: undefined; readonly give: undefined };
}

export type StoreCall = {
  readonly [Name in keyof StoreCalls]: { readonly name: Name; readonly take: StoreCalls[Name]['take'] };
}[keyof StoreCalls];

/** A message to the worker. */
export type ToWorker = { readonly id: number; readonly call: StoreCall } | { readonly cancel: number };

/** A message from the worker. */
export type FromWorker =
  { readonly id: number; readonly give: unknown } | { readonly id: number; readonly error: ErrorValue };

export interface StoreOptions {
  readonly file: string;
  /** Most bytes that the file may have; writes beyond it fail with `storage_full`. */
  readonly maxBytes?: number;
  /** The file existed before: if it is missing now, it was lost, and is not created anew. */
  readonly wasThere?: boolean;
  /** `plain` uses JavaScript even if WebAssembly SIMD is available. */
  readonly kernel?: 'plain';
  /** Most bytes of memory for the vectors of a collection. Default: what WebAssembly can address. */
  readonly kernelBytes?: number;
}
