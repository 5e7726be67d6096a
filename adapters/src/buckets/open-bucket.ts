import type { Clock } from '@heddle/core';
import { parseS3Address } from '../blobs/s3/s3-address.js';
import { S3Blobs } from '../blobs/s3/s3-blobs.js';
import { openS3Client } from '../blobs/s3/s3-client.js';
import { toS3Error } from '../blobs/s3/s3-error.js';
import { S3Objects } from '../blobs/s3/s3-objects.js';
import { S3Originals } from '../originals/s3-originals.js';
import { readMarker, markBucket, type BucketOwner } from './bucket-marker.js';

interface BucketOptions {
  /** `s3://bucket/prefix?endpoint=…&region=…`; see `parseS3Address`. */
  readonly url: string;
  /** The database that refers to the objects in the bucket. */
  readonly owner: BucketOwner;
  /** A folder that only this process uses, for content that arrives and for large content that is checked before it is sent. */
  readonly folder: string;
  readonly clock: Clock;
  /** Milliseconds until a request counts as unanswered. Default 30,000. */
  readonly timeoutMs?: number | undefined;
}

/** The files of all processes on one database, behind a prefix of a bucket. */
export interface Bucket {
  /** For messages, such as `heddle at s3.example.org`. It contains no keys. */
  readonly name: string;
  /** Identifies the prefix. A copy of all its objects in another bucket has the same id. */
  readonly id: string;
  readonly blobs: S3Blobs;
  readonly originals: S3Originals;
  /** Checks that the bucket answers and still belongs to this database. Errors: `bucket_unreachable`, `bucket_refused`, `bucket_taken`. */
  check(): Promise<void>;
  /** Ends the requests that are under way. */
  close(): void;
}

/**
 * Connects to a bucket and checks whether it can be used. The first database that uses a prefix marks it as its own. Errors: `setting_invalid`,
 * `bucket_unreachable`, `bucket_refused`, `bucket_taken`.
 *
 * @example const bucket = await openBucket({ url: 's3://heddle', owner: { id, name: 'heddle at db' }, folder, clock });
 */
export async function openBucket({ url, owner, folder, clock, timeoutMs = 30_000 }: BucketOptions): Promise<Bucket> {
  const address = parseS3Address(url);
  const { name, prefix } = address;
  const opened = await openS3Client(address, timeoutMs);
  const objects = new S3Objects(opened, address.bucket);
  const marked = { objects, prefix, name };
  const translated = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw toS3Error(error, name);
    }
  };
  try {
    const id = await translated(() => markBucket(marked, owner));
    return {
      name,
      id,
      blobs: new S3Blobs(objects, { prefix: `${prefix}blobs/`, root: prefix, name, folder, clock }),
      originals: new S3Originals(objects, { prefix: `${prefix}originals/`, name }),
      check: () => translated(async () => void (await readMarker(marked, owner))),
      close: () => opened.client.destroy(),
    };
  } catch (error) {
    opened.client.destroy();
    throw error;
  }
}
