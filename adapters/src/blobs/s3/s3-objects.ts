import type { GetObjectCommandOutput, HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import type { FileRef } from '@heddle/core';
import { isNoBucket, statusOf } from './s3-error.js';
import type { OpenedS3 } from './s3-client.js';

export interface StoredObject {
  readonly reference: FileRef;
  readonly storedAt: number;
  /** MD5 of the content in hex, if the server reports it. */
  readonly md5: string | undefined;
}

/** An object whose content is read as a stream. */
export interface ReadObject {
  readonly body: Readable;
  readonly size: number;
  readonly name: string;
  readonly mediaType: string;
}

/** Content to store: bytes, or a file that is read as a stream. */
export type ObjectBody = Uint8Array | (() => Readable);

export interface ObjectAbout {
  readonly mediaType: string;
  /** Its file name, for people; undefined for objects that only Heddle reads. */
  readonly name?: string | undefined;
  /** SHA-256 of the content in hex; the server checks it if the content is sent as a whole. */
  readonly sha256?: string;
}

/** The result of storing an object. `contended`: another process is storing the same object, and may fail. */
type PutOutcome = 'stored' | 'exists' | 'contended';

/** Bytes of one part of a large upload. */
const partSize = 16 * 1024 * 1024;

/** The objects of one bucket, with the errors of the client. */
export class S3Objects {
  private readonly opened: OpenedS3;
  private readonly bucket: string;

  constructor(opened: OpenedS3, bucket: string) {
    this.opened = opened;
    this.bucket = bucket;
  }

  /** Undefined if there is no such object. */
  async head(key: string, id: string): Promise<StoredObject | undefined> {
    const { client, commands } = this.opened;
    try {
      return storedOf(id, await client.send(new commands.HeadObjectCommand({ Bucket: this.bucket, Key: key })));
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  /** Undefined if there is no such object. */
  async get(key: string): Promise<ReadObject | undefined> {
    const { client, commands } = this.opened;
    try {
      const found = await client.send(new commands.GetObjectCommand({ Bucket: this.bucket, Key: key }));
      // The client has one type for browsers and Node; in Node, a body is a Node stream.
      return { body: found.Body as Readable, size: found.ContentLength ?? 0, ...nameAndTypeOf(found) };
    } catch (error) {
      if (statusOf(error) === 404 && !isNoBucket(error)) return undefined;
      throw error;
    }
  }

  /** Stores an object; a failure leaves nothing behind. Without `replaces`, an existing object with the same key is kept. */
  async put(key: string, body: ObjectBody, object: ObjectAbout, replaces: boolean): Promise<PutOutcome> {
    const about = {
      Bucket: this.bucket,
      Key: key,
      ContentType: object.mediaType,
      Metadata: object.name === undefined ? undefined : { name: encodeURIComponent(object.name) },
    };
    const condition = replaces ? {} : { IfNoneMatch: '*' };
    try {
      await (body instanceof Uint8Array
        ? this.putWhole(about, body, object, condition)
        : this.putParts(about, body, condition));
      return 'stored';
    } catch (error) {
      const status = statusOf(error);
      if (!replaces && status === 412) return 'exists';
      if (!replaces && status === 409) return 'contended';
      // The server does not support `If-None-Match`. Overwriting does no harm: a key is the hash of its content.
      if (!replaces && status === 501) return this.put(key, body, object, true);
      throw error;
    }
  }

  async remove(key: string): Promise<void> {
    const { client, commands } = this.opened;
    await client.send(new commands.DeleteObjectCommand({ Bucket: this.bucket, Key: key }));
  }

  async *list(
    prefix: string,
  ): AsyncGenerator<{ readonly key: string; readonly size: number; readonly storedAt: number }> {
    const { client, commands } = this.opened;
    const pages = commands.paginateListObjectsV2({ client }, { Bucket: this.bucket, Prefix: prefix });
    for await (const { Contents = [] } of pages)
      for (const { Key = '', Size = 0, LastModified } of Contents)
        yield { key: Key, size: Size, storedAt: LastModified?.getTime() ?? Infinity };
  }

  /** Aborts large uploads that began before a time and were never completed, for example because of a crash. */
  async abortUploads(prefix: string, before: number): Promise<void> {
    const { client, commands } = this.opened;
    const found = await client.send(new commands.ListMultipartUploadsCommand({ Bucket: this.bucket, Prefix: prefix }));
    for (const { Key, UploadId, Initiated } of found.Uploads ?? [])
      if ((Initiated?.getTime() ?? Infinity) < before)
        await client.send(new commands.AbortMultipartUploadCommand({ Bucket: this.bucket, Key, UploadId }));
  }

  private async putWhole(
    about: object & { Bucket: string; Key: string },
    body: Uint8Array,
    { sha256 }: ObjectAbout,
    condition: object,
  ): Promise<void> {
    const { client, commands } = this.opened;
    const ChecksumSHA256 = sha256 === undefined ? undefined : Buffer.from(sha256, 'hex').toString('base64');
    await client.send(new commands.PutObjectCommand({ ...about, ...condition, ChecksumSHA256, Body: body }));
  }

  private async putParts(
    about: object & { Bucket: string; Key: string },
    body: () => Readable,
    condition: object,
  ): Promise<void> {
    const { Upload } = await import('@aws-sdk/lib-storage');
    const { client } = this.opened;
    const upload = new Upload({ client, partSize, queueSize: 2, params: { ...about, ...condition, Body: body() } });
    await upload.done();
  }
}

function storedOf(id: string, head: HeadObjectCommandOutput): StoredObject {
  const { ContentLength: size = 0, ETag, LastModified } = head;
  const tag = ETag?.replaceAll('"', '');
  return {
    reference: { id, ...nameAndTypeOf(head), size },
    storedAt: LastModified?.getTime() ?? 0,
    md5: tag !== undefined && /^[0-9a-f]{32}$/.test(tag) ? tag : undefined,
  };
}

const nameAndTypeOf = ({
  ContentType: mediaType = 'application/octet-stream',
  Metadata,
}: Pick<HeadObjectCommandOutput | GetObjectCommandOutput, 'ContentType' | 'Metadata'>) => ({
  name: nameOf(Metadata?.['name'] ?? ''),
  mediaType,
});

/** Another program may have written the name, without percent-encoding. */
function nameOf(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
