import type { DocumentInput } from '@heddle/core';

/** A document whose content is a file of any size. The file is moved to become the original, or removed once it is stored. */
export interface FileDocument extends Omit<DocumentInput, 'content'> {
  readonly file: string;
  /** Whether the document was imported as text. */
  readonly isText?: boolean | undefined;
}

/** Stores the original files of documents, in a folder or in a bucket that several processes share. */
export interface OriginalStore {
  /** Stores or replaces the original of a document. Errors: `storage_*`, `bucket_*`. */
  write(collection: string, document: DocumentInput | FileDocument): Promise<void>;
  /** Undefined if there is no original. Errors: `storage_*`, `bucket_*`. */
  find(collection: string, documentId: string): Promise<DocumentInput | undefined>;
  /** Removes the original of a document, if there is one. Errors: `storage_*`, `bucket_*`. */
  remove(collection: string, documentId: string): Promise<void>;
  /** Removes all originals of a collection. Errors: `storage_*`, `bucket_*`. */
  drop(collection: string): Promise<void>;
}
