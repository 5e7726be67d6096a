import { createReadStream } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { HeddleError, type DocumentInput } from '@heddle/core';
import { hashFile, hashInSlices } from '../blobs/hash-in-slices.js';
import { toS3Error } from '../blobs/s3/s3-error.js';
import type { ObjectBody, S3Objects } from '../blobs/s3/s3-objects.js';
import { storageErrorOf } from '../database/storage-error.js';
import { aboutOf, nameOfOriginal, readDocument } from './original-document.js';
import type { FileDocument, OriginalStore } from './original-store.js';

/** In bytes. Larger files are not held in memory; they are sent in pieces. */
const mostInMemory = 16 * 1024 * 1024;

export interface ListedOriginal {
  readonly collection: string;
  /** The name within its collection. */
  readonly name: string;
  /** Undefined if it was removed in the meantime. Errors: `storage_corrupt`, `bucket_*`. */
  read(): Promise<ReadOriginal | undefined>;
}

/** An original that is read in pieces. */
export interface ReadOriginal {
  /** The hash of the content, in hex. The caller must check it. */
  readonly sha256: string;
  /** The description, for `parseAbout`. */
  readonly about: unknown;
  readonly content: AsyncIterable<Uint8Array>;
  /** Stops reading before the end. */
  close(): void;
}

/**
 * Stores each original as one object in a bucket: a line of JSON with the hash of the bytes and the description, and then the bytes. So
 * both appear together, even if several processes store the same document.
 */
export class S3Originals implements OriginalStore {
  constructor(
    private readonly objects: S3Objects,
    private readonly bucket: { readonly prefix: string; readonly name: string },
  ) {}

  async write(collection: string, document: DocumentInput | FileDocument): Promise<void> {
    const key = this.keyOf(collection, document.id);
    const body = await contentOf(document);
    const head = Buffer.from(`${JSON.stringify({ sha256: body.sha256, about: aboutOf(document) })}\n`);
    await this.translated(() =>
      this.objects.put(key, joined(head, body.content), { mediaType: 'application/octet-stream' }, true),
    );
    if ('file' in document) await rm(document.file, { force: true });
  }

  async find(collection: string, documentId: string): Promise<DocumentInput | undefined> {
    const stored = await this.translated(async () => {
      const found = await this.objects.get(this.keyOf(collection, documentId));
      return found === undefined ? undefined : Buffer.concat(await found.body.toArray());
    });
    if (stored === undefined) return undefined;
    const at = stored.indexOf('\n');
    const content = stored.subarray(at + 1);
    const head = parse(stored.subarray(0, Math.max(0, at)).toString());
    if (head?.sha256 === (await hashInSlices(content))) return readDocument(head.about, () => content);
    throw new HeddleError(
      'storage_corrupt',
      `The original of '${documentId}' in the bucket ${this.bucket.name} is damaged: upload the file again.`,
      { details: { collection, document: documentId } },
    );
  }

  /** Lists all originals. Errors: `bucket_*`. */
  async *all(): AsyncGenerator<ListedOriginal> {
    try {
      for await (const { key } of this.objects.list(this.bucket.prefix)) {
        const path = key.slice(this.bucket.prefix.length);
        const at = path.lastIndexOf('/');
        if (at > 0) yield { collection: path.slice(0, at), name: path.slice(at + 1), read: () => this.read(key) };
      }
    } catch (error) {
      throw toS3Error(error, this.bucket.name);
    }
  }

  private async read(key: string): Promise<ReadOriginal | undefined> {
    const found = await this.translated(() => this.objects.get(key));
    if (found === undefined) return undefined;
    const { head, rest } = await this.translated(() => afterFirstLine(found.body));
    const stored = parse(head);
    if (stored === undefined || typeof stored.sha256 !== 'string') {
      found.body.destroy();
      throw new HeddleError(
        'storage_corrupt',
        `The original ${key} in the bucket ${this.bucket.name} is damaged: restore an earlier version of the object, or remove it and import its document again.`,
        { details: { key } },
      );
    }
    return { sha256: stored.sha256, about: stored.about, content: rest, close: () => void found.body.destroy() };
  }

  remove(collection: string, documentId: string): Promise<void> {
    return this.translated(() => this.objects.remove(this.keyOf(collection, documentId)));
  }

  drop(collection: string): Promise<void> {
    return this.translated(async () => {
      for await (const { key } of this.objects.list(`${this.bucket.prefix}${collection}/`))
        await this.objects.remove(key);
    });
  }

  private keyOf(collection: string, documentId: string): string {
    return `${this.bucket.prefix}${collection}/${nameOfOriginal(documentId)}`;
  }

  private async translated<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw toS3Error(error, this.bucket.name);
    }
  }
}

/** The content of a document (its bytes, or a function that reads them) and its hash. Errors: `storage_*` if a file cannot be read. */
async function contentOf(
  document: DocumentInput | FileDocument,
): Promise<{ readonly content: ObjectBody; readonly sha256: string }> {
  if (!('file' in document)) {
    const content = typeof document.content === 'string' ? Buffer.from(document.content) : document.content;
    return { content, sha256: await hashInSlices(content) };
  }
  const { file } = document;
  try {
    if ((await stat(file)).size > mostInMemory)
      return { content: () => createReadStream(file), sha256: await hashFile(file) };
    const content = await readFile(file);
    return { content, sha256: await hashInSlices(content) };
  } catch (error) {
    throw storageErrorOf(error, file) ?? error;
  }
}

function joined(head: Buffer, content: ObjectBody): ObjectBody {
  if (content instanceof Uint8Array && content.byteLength <= mostInMemory) return Buffer.concat([head, content]);
  return () => Readable.from(pieces(head, content), { objectMode: false });
}

async function* pieces(head: Buffer, content: ObjectBody): AsyncGenerator<Uint8Array> {
  yield head;
  if (content instanceof Uint8Array) yield content;
  else for await (const piece of content()) yield piece as Uint8Array; // No encoding is set, so the stream gives bytes.
}

async function afterFirstLine(
  body: Readable,
): Promise<{ readonly head: string; readonly rest: AsyncGenerator<Uint8Array> }> {
  const pieces = body.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>; // The stream gives bytes.
  const begun: Buffer[] = [];
  for (;;) {
    const next = await pieces.next();
    const piece = next.done === true ? Buffer.alloc(0) : next.value;
    const at = next.done === true ? 0 : piece.indexOf('\n');
    begun.push(at < 0 ? piece : piece.subarray(0, at));
    if (at < 0) continue;
    return { head: Buffer.concat(begun).toString(), rest: following(piece.subarray(at + 1), pieces) };
  }
}

async function* following(first: Uint8Array, pieces: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
}

/** Undefined if this class did not write the object. */
function parse(text: string): { readonly sha256?: unknown; readonly about?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
