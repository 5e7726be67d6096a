import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, storageErrorOf } from '@heddle/adapters/database';
import type { FileDocument } from '../files/file-document.js';
import { ErrorValue, HeddleError, type DocumentInput } from '@heddle/core';
import { z } from 'zod';

/** The metadata of an original. */
const About = z.object({
  id: z.string(),
  title: z.string().optional(),
  source: z.string().optional(),
  mediaType: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  /** The document came as text. */
  isText: z.boolean().optional(),
  /** The list that it was imported with: for a record of it that is not stored yet. */
  readers: z.array(z.string()).nullable().optional(),
});

/** An accepted document: the id of its stored original, or the error that it caused. */
export const AcceptedDocument = z.object({
  id: z.string(),
  error: ErrorValue.optional(),
  /** The list that the import states. */
  readers: z.array(z.string()).readonly().nullable().optional(),
});
export type AcceptedDocument = z.infer<typeof AcceptedDocument>;

/**
 * The original files of documents, one folder for each collection, for a later import with another splitter or parser. They are deleted
 * with their document or collection.
 */
export class Originals {
  constructor(private readonly folder: string) {}

  /** Stores all documents, so that a later process can import them too. Errors: `storage_*`. */
  async accept(
    collection: string,
    documents: AsyncIterable<DocumentInput | FileDocument> | Iterable<DocumentInput | FileDocument>,
  ): Promise<AcceptedDocument[]> {
    const accepted: AcceptedDocument[] = [];
    try {
      for await (const document of documents) {
        const { id, error, readers } = document;
        if (error === undefined) await this.write(collection, document);
        accepted.push({ id, error, readers });
      }
    } catch (error) {
      throw storageErrorOf(error, this.folder) ?? error;
    }
    return accepted;
  }

  /** Stores each document of a stream, and passes it on. */
  async *keep(
    collection: string,
    documents: AsyncIterable<DocumentInput> | Iterable<DocumentInput>,
  ): AsyncGenerator<DocumentInput> {
    for await (const document of documents) {
      if (document.error === undefined) await this.write(collection, document);
      yield document;
    }
  }

  /**
   * The original of a document. A record of a file (`orders.jsonl#12`) has the file as its original. Errors: `document_not_found`,
   * `storage_*`.
   */
  async read(collection: string, documentId: string): Promise<DocumentInput> {
    // What stands in a document stands in its file, such as an attachment of an e-mail in an e-mail.
    for (let id = documentId, before = ''; id !== before; before = id, id = fileOf(id)) {
      const file = await this.find(collection, id);
      if (file !== undefined) return file;
    }
    throw new HeddleError(
      'document_not_found',
      `The original of '${documentId}' is not kept here: upload the file again.`,
      { details: { collection, document: documentId } },
    );
  }

  async remove(collection: string, documentId: string): Promise<void> {
    const path = this.pathOf(collection, documentId);
    await rm(`${path}.json`, { force: true });
    await rm(path, { force: true });
  }

  async drop(collection: string): Promise<void> {
    await rm(join(this.folder, collection), { recursive: true, force: true });
  }

  private async write(collection: string, document: DocumentInput | FileDocument): Promise<void> {
    const path = this.pathOf(collection, document.id);
    await mkdir(join(this.folder, collection), { recursive: true });
    if ('file' in document) await moveWhole(document.file, path);
    else await writeWhole(path, document.content);
    const isText = 'content' in document && typeof document.content === 'string';
    // Members that the schema does not name are left out.
    await writeWhole(`${path}.json`, JSON.stringify(About.parse({ ...document, ...(isText ? { isText } : {}) })));
  }

  private async find(collection: string, documentId: string): Promise<DocumentInput | undefined> {
    const path = this.pathOf(collection, documentId);
    try {
      const { id, title, source, mediaType, metadata, isText, readers } = About.parse(
        JSON.parse(await readFile(`${path}.json`, 'utf8')),
      );
      return {
        id,
        content: isText === true ? await readFile(path, 'utf8') : await readFile(path),
        title,
        source,
        mediaType,
        metadata,
        ...(readers === undefined || readers === null ? {} : { readersIfNew: readers }),
      };
    } catch (error) {
      const fault = storageErrorOf(error, this.folder);
      if (fault !== undefined) throw fault;
      return undefined; // never stored, or cut off while it was written: there is no original
    }
  }

  private pathOf(collection: string, documentId: string): string {
    return join(this.folder, collection, createHash('sha256').update(documentId).digest('hex'));
  }
}

/** The file of the id of a record. */
function fileOf(documentId: string): string {
  const at = documentId.lastIndexOf('#');
  return at > 0 ? documentId.slice(0, at) : documentId;
}

async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  await writeFile(`${path}.part`, content, { mode: 0o600 });
  await rename(`${path}.part`, path);
}

async function moveWhole(from: string, path: string): Promise<void> {
  try {
    await rename(from, path);
  } catch (error) {
    // The folder of uploads can be on another disk.
    if (codeOf(error) !== 'EXDEV') throw error;
    await copyFile(from, `${path}.part`);
    await rename(`${path}.part`, path);
  }
}
