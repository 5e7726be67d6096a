import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HeddleError, type Clock, type FileRef } from '@heddle/core';
import { storageErrorOf } from '../../database/storage-error.js';
import { writeDraft, type BlobDraft } from '../blob-draft.js';
import type { BlobStore } from '../blob-store.js';
import { hashInSlices } from '../hash-in-slices.js';
import type { BlobSweep, SweptBlobs } from '../sweep-blobs.js';
import { toS3Error } from './s3-error.js';
import type { ObjectAbout, ObjectBody, ReadObject, S3Objects, StoredObject } from './s3-objects.js';

const idPattern = /^sha256:([0-9a-f]{2})([0-9a-f]{62})$/;

/** The largest content that is held in memory as a whole; larger content goes through a file. */
const mostInMemory = 16 * 1024 * 1024;

/** A blob that was stored longer ago than this is stored again, so that a sweep counts it as young. */
const youngMs = 60_000;

interface S3BlobsOptions {
  /** The prefix of the keys of all blobs: empty, or with a slash at the end. */
  readonly prefix: string;
  /** The prefix of all keys of Heddle in the bucket. A sweep also aborts large uploads of originals there that a crash left. */
  readonly root: string;
  /** The name of the bucket in messages. */
  readonly name: string;
  /** A folder that only this process uses, for content that arrives and for large content that is checked before it is sent. */
  readonly folder: string;
  readonly clock: Clock;
}

/**
 * Content-addressed storage in a bucket: `ab/cdef…`, with name and media type in its headers.
 *
 * - A blob appears complete, as an object does. If two processes store the same content at once, it keeps the name from the first.
 * - Content that is read must have the hash of its id; otherwise the error is `storage_corrupt`. Storing the content again repairs it.
 * - A blob that is stored again counts as young for a sweep.
 */
export class S3Blobs implements BlobStore {
  private readonly objects: S3Objects;
  private readonly bucket: S3BlobsOptions;
  private readonly drafts: string;

  constructor(objects: S3Objects, bucket: S3BlobsOptions) {
    this.objects = objects;
    this.bucket = bucket;
    this.drafts = join(bucket.folder, 'drafts');
  }

  async put(content: Uint8Array, about: { readonly name: string; readonly mediaType: string }): Promise<FileRef> {
    const reference: FileRef = {
      id: `sha256:${await hashInSlices(content)}`,
      ...nameAndType(about),
      size: content.byteLength,
    };
    const md5 = (): string => createHash('md5').update(content).digest('hex');
    await this.translated(() => this.store(reference, bodyOf(content), md5));
    return reference;
  }

  async receive(content: AsyncIterable<Uint8Array>): Promise<BlobDraft> {
    try {
      await mkdir(this.drafts, { recursive: true });
      const { id, size, file } = await writeDraft(this.drafts, content);
      return {
        id,
        size,
        file,
        keep: async (about) => {
          const reference: FileRef = { id, ...nameAndType(about), size };
          await this.translated(async () => {
            const body: ObjectBody = size <= mostInMemory ? await readFile(file) : () => createReadStream(file);
            await this.store(reference, body, () => undefined);
          });
          await rm(file, { force: true });
          return reference;
        },
        discard: () => rm(file, { force: true }),
      };
    } catch (error) {
      throw storageErrorOf(error, this.drafts) ?? error;
    }
  }

  async get(id: string): Promise<Uint8Array> {
    const found = await this.translated(() => this.objects.get(this.keyOf(id)));
    if (found === undefined) throw missing(id, this.bucket.name);
    const content = Buffer.concat(await this.translated(() => found.body.toArray()));
    if (`sha256:${await hashInSlices(content)}` === id) return content;
    throw damaged(id, this.bucket.name);
  }

  async open(id: string): Promise<{ readonly size: number; readonly stream: Readable }> {
    const head = await this.headOf(id);
    if (head === undefined) throw missing(id, this.bucket.name);
    if (head.reference.size <= mostInMemory) {
      const content = await this.get(id);
      return { size: content.byteLength, stream: Readable.from([content], { objectMode: false }) };
    }
    return this.openLarge(id);
  }

  removeDrafts(): Promise<void> {
    return rm(this.drafts, { recursive: true, force: true });
  }

  async has(id: string): Promise<boolean> {
    return idPattern.test(id) && (await this.headOf(id)) !== undefined;
  }

  async describe(id: string): Promise<FileRef> {
    const head = await this.headOf(id);
    if (head === undefined) throw missing(id, this.bucket.name);
    return head.reference;
  }

  /** The ids of all blobs. Errors: `bucket_*`. */
  async *ids(): AsyncGenerator<string> {
    try {
      for await (const { key } of this.objects.list(this.bucket.prefix)) {
        const id = this.idOf(key);
        if (id !== undefined) yield id;
      }
    } catch (error) {
      throw toS3Error(error, this.bucket.name);
    }
  }

  /** Reads content as a stream, which the caller checks. Errors: `blob_not_found`, `bucket_*`. */
  async read(id: string): Promise<ReadObject> {
    const found = await this.translated(() => this.objects.get(this.keyOf(id)));
    if (found === undefined) throw missing(id, this.bucket.name);
    return found;
  }

  sweep(sweep: BlobSweep): Promise<SweptBlobs> {
    const { before } = sweep;
    return this.translated(async () => {
      let files = 0;
      let bytes = 0;
      for await (const { key, size, storedAt } of this.objects.list(this.bucket.prefix)) {
        const id = this.idOf(key);
        if (id === undefined || storedAt >= before || sweep.isReferred(id)) continue;
        // Another process may have stored it again since it was listed.
        const head = await this.objects.head(key, id);
        if (head === undefined || head.storedAt >= before || sweep.isReferred(id)) continue;
        await this.objects.remove(key);
        files += 1;
        bytes += size;
      }
      await this.objects.abortUploads(this.bucket.root, before);
      return { files, bytes };
    });
  }

  private async store(reference: FileRef, body: ObjectBody, md5: () => string | undefined): Promise<void> {
    const key = this.keyOf(reference.id);
    const known = await this.objects.head(key, reference.id);
    if (known === undefined) {
      const outcome = await this.objects.put(key, body, objectOf(reference), false);
      // The other process stores the same content: a second object does no harm, but a missing one would lose data.
      if (outcome === 'contended') await this.objects.put(key, body, objectOf(reference), true);
      return;
    }
    const { name, mediaType, size } = known.reference;
    const isWhole = size === reference.size && (known.md5 === undefined || known.md5 === (md5() ?? ''));
    if (isWhole && this.bucket.clock.now() - known.storedAt < youngMs) return;
    await this.objects.put(key, body, { ...objectOf(reference), name, mediaType }, true);
  }

  /** Reads through a file, so that all the content is checked before its first piece is sent. */
  private async openLarge(id: string): Promise<{ readonly size: number; readonly stream: Readable }> {
    await mkdir(this.drafts, { recursive: true });
    const file = join(this.drafts, randomUUID());
    const remove = (): void => void rm(file, { force: true });
    try {
      const found = await this.translated(() => this.objects.get(this.keyOf(id)));
      if (found === undefined) throw missing(id, this.bucket.name);
      const hash = createHash('sha256');
      found.body.on('data', (piece: Uint8Array) => hash.update(piece));
      await this.translated(() => pipeline(found.body, createWriteStream(file, { mode: 0o600 })));
      if (`sha256:${hash.digest('hex')}` !== id) throw damaged(id, this.bucket.name);
      const stream = createReadStream(file);
      stream.once('close', remove);
      return { size: found.size, stream };
    } catch (error) {
      remove();
      throw error;
    }
  }

  private headOf(id: string): Promise<StoredObject | undefined> {
    return this.translated(() => this.objects.head(this.keyOf(id), id));
  }

  /** Undefined if the object is not a blob. */
  private idOf(key: string): string | undefined {
    const id = `sha256:${key.slice(this.bucket.prefix.length).replace('/', '')}`;
    return idPattern.test(id) ? id : undefined;
  }

  private keyOf(id: string): string {
    const [, folder, rest] = idPattern.exec(id) ?? [];
    if (folder === undefined || rest === undefined) throw missing(id, this.bucket.name);
    return `${this.bucket.prefix}${folder}/${rest}`;
  }

  private async translated<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw storageErrorOf(error, this.drafts) ?? toS3Error(error, this.bucket.name);
    }
  }
}

const objectOf = ({ id, name, mediaType }: FileRef): ObjectAbout => ({
  name,
  mediaType,
  sha256: id.slice('sha256:'.length),
});

const nameAndType = ({ name, mediaType }: { readonly name: string; readonly mediaType: string }) => ({
  name,
  mediaType,
});

const bodyOf = (content: Uint8Array): ObjectBody =>
  content.byteLength <= mostInMemory ? content : () => Readable.from([content], { objectMode: false });

const damaged = (id: string, bucket: string): HeddleError =>
  new HeddleError(
    'storage_corrupt',
    `The stored value ${id} in the bucket ${bucket} is damaged: restore an earlier version of the object, or store the same content again.`,
    { details: { id } },
  );

const missing = (id: string, bucket: string): HeddleError =>
  new HeddleError(
    'blob_not_found',
    `There is no stored value '${id}' in the bucket ${bucket}: it was removed, or this is a different bucket.`,
    { details: { id } },
  );
