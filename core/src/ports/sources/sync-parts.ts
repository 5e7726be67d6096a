import type { KnownDocument, SourceDocument } from './source-connector.js';

/** How far the syncs have read a source. */
export interface SyncPosition {
  readonly cursor?: string | undefined;
  /** The number of the last listing that started. */
  readonly listing: number;
  /** Whether that listing is not complete yet. */
  readonly isListing: boolean;
}

/** What is stored about a document of a source. */
export interface SyncedDocument extends Omit<KnownDocument, 'isStored'> {
  /** A hash of the document and of the source's settings at the last import. If missing, the document may not be stored. */
  readonly mark?: string | undefined;
}

/** A document that could not be imported. */
export interface SyncFailure {
  readonly id: string;
  readonly code: string;
  readonly message: string;
}

/** The results of a part of a sync, up to a position. */
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
  /**
   * Records documents before they are imported. Otherwise, if the process ended right after the import, no sync would know these documents
   * and remove them.
   */
  expect(ids: readonly string[]): Promise<void>;
  /**
   * Commits the results in one transaction. Stored, unchanged and failed documents count as named by the current listing. A failed document
   * keeps everything except its mark. The error of a document is cleared when it is stored, unchanged or removed.
   */
  commit(commit: SyncCommit): Promise<void>;
  /** Returns at most `limit` documents that the current listing did not name, and whether it named any. */
  unlisted(limit: number): Promise<{ readonly ids: readonly string[]; readonly hasNamed: boolean }>;
}

/** A document with its content. */
export interface LoadedDocument extends Omit<SourceDocument, 'content' | 'note' | 'failure'> {
  readonly content: Uint8Array | string;
  readonly mediaType?: string | undefined;
}

/** Where the documents of a source are imported to. Calls can be repeated: the same document again changes nothing. */
export interface SyncTarget {
  /** Resolves when the documents are stored. `unchanged` names those that were already stored with the same content. */
  put(documents: readonly LoadedDocument[]): Promise<{
    readonly unchanged: readonly string[];
    /** Documents that could not be imported; their last state is kept. */
    readonly failed: readonly SyncFailure[];
  }>;
  /** Removes documents with their passages, parts and originals. Unknown ids are ignored. */
  remove(ids: readonly string[]): Promise<void>;
}

/** The counts of a sync. */
export interface SyncReport {
  /** Documents that the source named. */
  readonly named: number;
  /** New and changed documents that were loaded. */
  readonly stored: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly failed: number;
}
