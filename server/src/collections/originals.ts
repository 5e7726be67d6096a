import type { FileDocument, OriginalStore } from '@heddle/adapters/originals';
import { ErrorValue, HeddleError, type DocumentInput } from '@heddle/core';
import { z } from 'zod';

/** An accepted document: the id of its stored original, or the error that it caused. */
export const AcceptedDocument = z.object({
  id: z.string(),
  error: ErrorValue.optional(),
  /** The readers that the import stated for the document. */
  readers: z.array(z.string()).readonly().nullable().optional(),
});
export type AcceptedDocument = z.infer<typeof AcceptedDocument>;

/**
 * The original files of documents, kept for later imports with another splitter or parser. They are deleted with their document or
 * collection.
 */
export class Originals {
  constructor(private readonly store: OriginalStore) {}

  /** Stores all documents, so that a later process can import them. Errors: `storage_*`, `bucket_*`. */
  async accept(
    collection: string,
    documents: AsyncIterable<DocumentInput | FileDocument> | Iterable<DocumentInput | FileDocument>,
  ): Promise<AcceptedDocument[]> {
    const accepted: AcceptedDocument[] = [];
    for await (const document of documents) {
      const { id, error, readers } = document;
      if (error === undefined) await this.store.write(collection, document);
      accepted.push({ id, error, readers });
    }
    return accepted;
  }

  /** Stores each document of a stream, and passes it on. */
  async *storeEach(
    collection: string,
    documents: AsyncIterable<DocumentInput> | Iterable<DocumentInput>,
  ): AsyncGenerator<DocumentInput> {
    for await (const document of documents) {
      if (document.error === undefined) await this.store.write(collection, document);
      yield document;
    }
  }

  /**
   * The original of a document. For a record of a file (`orders.jsonl#12`), that is the file. Errors: `document_not_found`, `storage_*`,
   * `bucket_*`.
   */
  async read(collection: string, documentId: string): Promise<DocumentInput> {
    // Documents can be nested, such as an attachment of an e-mail inside an e-mail, so the search goes outwards to the file.
    for (let id = documentId, before = ''; id !== before; before = id, id = fileOf(id)) {
      const file = await this.store.find(collection, id);
      if (file !== undefined) return file;
    }
    throw new HeddleError(
      'document_not_found',
      `The original of '${documentId}' is not kept here: upload the file again.`,
      { details: { collection, document: documentId } },
    );
  }

  remove(collection: string, documentId: string): Promise<void> {
    return this.store.remove(collection, documentId);
  }

  drop(collection: string): Promise<void> {
    return this.store.drop(collection);
  }
}

/** The id without its last part: the file or document that contains it. */
function fileOf(documentId: string): string {
  const at = documentId.lastIndexOf('#');
  return at > 0 ? documentId.slice(0, at) : documentId;
}
