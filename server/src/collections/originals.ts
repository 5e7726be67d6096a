import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HeddleError, type DocumentInput } from '@heddle/core';
import { z } from 'zod';

/** What is kept beside the bytes of an original. */
const About = z.object({
  id: z.string(),
  title: z.string().optional(),
  source: z.string().optional(),
  mediaType: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});

/**
 * The files that documents were made of, one folder a collection, so that a document can be taken in again with another
 * splitter or a better parser. They go when their document or collection goes.
 */
export class Originals {
  constructor(private readonly folder: string) {}

  /** Keeps each document that passes, and hands it on. */
  async *keep(
    collection: string,
    documents: AsyncIterable<DocumentInput> | Iterable<DocumentInput>,
  ): AsyncGenerator<DocumentInput> {
    for await (const document of documents) {
      if (document.error === undefined) await this.write(collection, document);
      yield document;
    }
  }

  /** The original of a document; a record of a file (`orders.jsonl#12`) has that file. */
  async read(collection: string, documentId: string): Promise<DocumentInput> {
    const file = (await this.find(collection, documentId)) ?? (await this.find(collection, fileOf(documentId)));
    if (file !== undefined) return file;
    throw new HeddleError(
      'document_not_found',
      `The original of '${documentId}' is not kept here: add the file again to take it in anew.`,
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

  private async write(collection: string, { content, ...document }: DocumentInput): Promise<void> {
    const path = this.pathOf(collection, document.id);
    await mkdir(join(this.folder, collection), { recursive: true });
    await writeWhole(path, content);
    await writeWhole(`${path}.json`, JSON.stringify(About.parse(document)));
  }

  private async find(collection: string, documentId: string): Promise<DocumentInput | undefined> {
    const path = this.pathOf(collection, documentId);
    try {
      const { id, title, source, mediaType, metadata } = About.parse(
        JSON.parse(await readFile(`${path}.json`, 'utf8')),
      );
      return {
        id,
        content: await readFile(path),
        ...(title === undefined ? {} : { title }),
        ...(source === undefined ? {} : { source }),
        ...(mediaType === undefined ? {} : { mediaType }),
        ...(metadata === undefined ? {} : { metadata }),
      };
    } catch {
      return undefined; // never kept, or cut off while it was written: both mean that there is no original
    }
  }

  private pathOf(collection: string, documentId: string): string {
    return join(this.folder, collection, createHash('sha256').update(documentId).digest('hex'));
  }
}

/** The file of a record's id. */
function fileOf(documentId: string): string {
  const at = documentId.lastIndexOf('#');
  return at > 0 ? documentId.slice(0, at) : documentId;
}

async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  await writeFile(`${path}.part`, content, { mode: 0o600 });
  await rename(`${path}.part`, path);
}
