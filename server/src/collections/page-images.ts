import { createHash } from 'node:crypto';
import { freeName, HeddleError, type Documents, type PageImage } from '@heddle/core';
import type { Lazy } from '../common/lazy.js';
import type { CollectionService, ReadBy } from './collection.service.js';
import type { Originals } from './originals.js';

/** Draws pages of documents as images, from their originals, for those who may read the document. */
export class PageImages {
  constructor(
    private readonly collections: Pick<CollectionService, 'document'>,
    private readonly originals: Pick<Originals, 'read'>,
    private readonly documents: Lazy<Documents>,
  ) {}

  /** Errors: `document_not_found`, also if the reader may not read it; `document_page`, those of reading a document. */
  async page(
    collection: string,
    document: string,
    page: number,
    { by, signal }: { readonly by: ReadBy; readonly signal?: AbortSignal },
  ): Promise<PageImage> {
    const { hash } = await this.collections.document(collection, document, by);
    const original = await this.originals.read(collection, document);
    const content = await this.partOf(bytesOf(original.content), original.id, document, signal);
    if (createHash('sha256').update(content).digest('hex') !== hash)
      throw new HeddleError(
        'document_page',
        `The passages of '${document}' come from another original: import it again.`,
        { details: { collection, document } },
      );
    const documents = await this.documents.get();
    if (documents.drawPage === undefined) throw new HeddleError('document_page', 'Pages cannot be drawn here.');
    const image = await documents.drawPage(content, { page, name: document, signal });
    // Checks again, because the readers may have changed while the page was drawn.
    await this.collections.document(collection, document, by);
    return image;
  }

  /** Finds a part of a document by its id, such as an attachment of an e-mail. The id of a part begins with that of its document. */
  private async partOf(
    content: Uint8Array,
    id: string,
    wanted: string,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    if (id === wanted) return content;
    const { parts = [] } = await (await this.documents.get()).parse(content, { name: id, signal });
    const names = new Set<string>();
    for (const part of parts) {
      const name = freeName(part.name, names);
      names.add(name);
      const inner = `${id}#${name}`;
      if (wanted === inner || wanted.startsWith(`${inner}#`)) return this.partOf(part.content, inner, wanted, signal);
    }
    throw new HeddleError('document_page', `'${wanted}' is not a file with pages: open its text.`);
  }
}

const bytesOf = (content: Uint8Array | string): Uint8Array =>
  typeof content === 'string' ? Buffer.from(content) : content;
