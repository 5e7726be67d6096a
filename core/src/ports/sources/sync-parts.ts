import type { KnownDocument, SourceDocument } from './source-connector.js';

/** How far a source was read. */
export interface SyncPosition {
  /** The cursor of the last checkpoint. */
  readonly cursor?: string | undefined;
  /** The number of the last listing that began. */
  readonly listing: number;
  /** Whether that listing has not named everything yet. */
  readonly isListing: boolean;
}

/** What is stored of a document of a source. */
export interface SyncedDocument extends Omit<KnownDocument, 'isStored'> {
  /** The document and the settings of its source at its last import, as a hash. Missing: it is not known to be stored. */
  readonly mark?: string | undefined;
}

/** A document that could not be taken in. */
export interface SyncFailure {
  readonly id: string;
  readonly code: string;
  readonly message: string;
}

/** What a part of a sync did. */
export interface SyncCommit {
  readonly stored: readonly (SyncedDocument & { readonly id: string })[];
  readonly unchanged: readonly string[];
  readonly removed: readonly string[];
  readonly failed: readonly SyncFailure[];
  readonly position: SyncPosition;
}

/** The stored state of one source. */
export interface SyncState {
  position(): Promise<SyncPosition>;
  document(id: string): Promise<SyncedDocument | undefined>;
  /** Notes documents before they are taken in: a process that ends right after the import must not leave a document that nobody removes. */
  expect(ids: readonly string[]): Promise<void>;
  /** In one transaction. Stored, unchanged and failed documents count as named in the listing of the position; a failed one keeps all but its mark. An error of a document ends when it is stored, unchanged or removed. */
  commit(commit: SyncCommit): Promise<void>;
  /** Documents that the listing of the position did not name, at most `limit`; and whether it named any. */
  unlisted(limit: number): Promise<{ readonly ids: readonly string[]; readonly hasNamed: boolean }>;
}

/** A document with its content. */
export interface LoadedDocument extends Omit<SourceDocument, 'content' | 'note'> {
  readonly content: Uint8Array | string;
  readonly mediaType?: string | undefined;
}

/** Where the documents of a source go. Each call can be repeated: the same document again changes nothing. */
export interface SyncTarget {
  /** Resolves when the documents are stored. Documents that were stored already, with the same content, are named as unchanged. */
  put(documents: readonly LoadedDocument[]): Promise<{
    readonly unchanged: readonly string[];
    /** Those that could not be taken in; their last state is kept. */
    readonly failed: readonly SyncFailure[];
  }>;
  /** Removes documents with their passages, parts and originals. Unknown ids are ignored. */
  remove(ids: readonly string[]): Promise<void>;
}

/** The counts of a sync. */
export interface SyncReport {
  /** Documents that were named. */
  readonly named: number;
  /** New and changed ones that were loaded. */
  readonly stored: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly failed: number;
}
