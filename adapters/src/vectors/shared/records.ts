import type { CollectionInfo, Passage, VectorQuery } from '@heddle/core';
import type { CollectionRecord } from './payloads.js';

/** Which records of a collection. Every part that is named must hold. */
export interface Where {
  readonly kind?: CollectionRecord['payload']['kind'];
  readonly documents?: readonly string[];
  /** The id of a passage or of a note. */
  readonly id?: string;
  /** Passages that another put wrote. */
  readonly notRevision?: string;
  /** First and last position in the document. */
  readonly positions?: readonly [first: number, last: number];
}

/**
 * One collection on a server that keeps records and has no transaction over several of them. What a call wrote, the next call of any program
 * sees.
 */
export interface Records {
  readonly name: string;
  readonly dimensions: number;
  /** Errors: `collection_not_found`. */
  info(): Promise<CollectionInfo>;
  /** Writes records; those of the same id are replaced. */
  write(records: readonly CollectionRecord[]): Promise<void>;
  /** The payloads of records, in any order. */
  read(where: Where): Promise<readonly unknown[]>;
  /** The vectors of the passages of a document, by passage id. */
  vectors(document: string): Promise<ReadonlyMap<string, Float32Array>>;
  count(where: Where): Promise<number>;
  remove(where: Where): Promise<void>;
  /** The payloads of documents, by id. */
  documents(after: string, limit: number): Promise<readonly unknown[]>;
  /** Writes a list of readers, as it stands in passages, into those of a document; undefined: everybody. */
  setReaders(document: string, readers: readonly string[] | undefined): Promise<void>;
  /** Errors: `filter_invalid`, `aborted`. */
  search(query: VectorQuery): Promise<readonly Passage[]>;
}
