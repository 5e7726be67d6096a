import type { FileDocument, OriginalStore } from '@heddle/adapters/originals';
import { ErrorValue, HeddleError, type DocumentInput } from '@heddle/core';
import { z } from 'zod';

/** An accepted document: the id of its stored original, or the error that it caused. */
export const AcceptedDocument = z.object({
  id: z.string(),
  error: ErrorValue.optional(),
  /** The list that the import states. */
  readers: z.array(z.string()).readonly().nullable().optional(),
});
export type AcceptedDocument = z.infer<typeof AcceptedDocument>;

/** The original files of documents, for a later import with another splitter or parser. They are deleted with their document or collection. */
export class Originals {
  constructor(private readonly store: OriginalStore) {}

  /** Stores all documents, so that a later process can import them too. Errors: `storage_*`, `bucket_*`. */
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
  async *keep(
    collection: string,
    documents: AsyncIterable<DocumentInput> | Iterable<DocumentInput>,
  ): AsyncGenerator<DocumentInput> {
    for await (const document of documents) {
      if (document.error === undefined) await this.store.write(collection, document);
      yield document;
    }
  }

  /**
   * The original of a document. A record of a file (`orders.jsonl#12`) has the file as its original. Errors: `document_not_found`,
   * `storage_*`, `bucket_*`.
   */
  async read(collection: string, documentId: string): Promise<DocumentInput> {
    // What stands in a document stands in its file, such as an attachment of an e-mail in an e-mail.
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

/** The file of the id of a record. */
function fileOf(documentId: string): string {
  const at = documentId.lastIndexOf('#');
  return at > 0 ? documentId.slice(0, at) : documentId;
}
