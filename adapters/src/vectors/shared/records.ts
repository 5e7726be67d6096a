import type { CollectionInfo, Passage, VectorQuery } from '@heddle/core';
import type { CollectionRecord } from './payloads.js';

/** Selects records of a collection. All conditions must hold. */
export interface Where {
  readonly kind?: CollectionRecord['payload']['kind'];
  readonly documents?: readonly string[];
  /** The id of a passage or of a note. */
  readonly id?: string;
  /** Selects passages that another put wrote. */
  readonly notRevision?: string;
  /** First and last position within the document. */
  readonly positions?: readonly [first: number, last: number];
}

/**
 * One collection on a server that stores records and has no transactions over several of them. What one call wrote, the next call of any
 * program sees.
 */
export interface Records {
  readonly name: string;
  readonly dimensions: number;
  /** Errors: `collection_not_found`. */
  info(): Promise<CollectionInfo>;
  /** Writes records; replaces those with the same id. */
  write(records: readonly CollectionRecord[]): Promise<void>;
  /** The payloads of records, in any order. */
  read(where: Where): Promise<readonly unknown[]>;
  /** The vectors of a document's passages, by passage id. */
  vectors(document: string): Promise<ReadonlyMap<string, Float32Array>>;
  count(where: Where): Promise<number>;
  remove(where: Where): Promise<void>;
  /** The payloads of documents, by id. */
  documents(after: string, limit: number): Promise<readonly unknown[]>;
  /** Writes a list of readers, in the form that passages store, into the passages of a document; undefined: everybody. */
  setReaders(document: string, readers: readonly string[] | undefined): Promise<void>;
  /** Errors: `filter_invalid`, `aborted`. */
  search(query: VectorQuery): Promise<readonly Passage[]>;
}
