import { randomUUID } from 'node:crypto';
import { HeddleError } from '@heddle/core';
import { z } from 'zod';
import type { S3Objects } from '../blobs/s3/s3-objects.js';

/** Names the database that owns the objects behind a prefix. */
const Marker = z.object({
  /** Identifies this prefix, also after its objects were copied elsewhere. */
  id: z.string(),
  /** The id of the database that refers to the objects. */
  database: z.string(),
  /** The name of the database, for people. */
  name: z.string(),
});
type Marker = z.infer<typeof Marker>;

/** The database whose files are in a bucket. */
export interface BucketOwner {
  /** Differs between any two databases, even between one and its copy. */
  readonly id: string;
  /** For messages, such as `heddle at db:5432`. */
  readonly name: string;
  /** The bucket that already has the files of the database. */
  readonly noted?: NotedBucket | undefined;
}

/** The bucket with the files of a database, as the database records it. */
export interface NotedBucket {
  readonly id: string;
  readonly name: string;
}

interface MarkedPrefix {
  readonly objects: S3Objects;
  readonly prefix: string;
  /** The name of the bucket, for messages. */
  readonly name: string;
}

const keyOf = ({ prefix }: MarkedPrefix): string => `${prefix}heddle.json`;

/**
 * Marks a prefix as owned by a database if it has no marker, then checks the marker. Storing the marker also proves that the bucket accepts
 * objects. Returns the id of the prefix. Errors: `bucket_taken` if the prefix belongs to another database, `setting_invalid` if the files
 * of this database are in another bucket, and those of the client.
 */
export async function markBucket(at: MarkedPrefix, owner: BucketOwner): Promise<string> {
  const { noted } = owner;
  // Listed before the first write: some servers create a bucket when something is written to it, and a wrong name would go unnoticed.
  const isNew = await isEmpty(at);
  // If only the marker was removed by hand, the prefix still has files.
  if (noted !== undefined && isNew) throw otherBucket(at, noted);
  const marker: Marker = { id: noted?.id ?? randomUUID(), database: owner.id, name: owner.name };
  const body = Buffer.from(`${JSON.stringify(marker, null, 2)}\n`);
  await at.objects.put(keyOf(at), body, { mediaType: 'application/json' }, false);
  const id = await readMarker(at, owner);
  if (noted !== undefined && noted.id !== id) throw otherBucket(at, noted);
  return id;
}

/**
 * Reads the marker of a prefix and returns its id. Errors: `bucket_taken` if it is gone or belongs to another database, and those of the
 * client.
 */
export async function readMarker(at: MarkedPrefix, owner: BucketOwner): Promise<string> {
  const found = await at.objects.get(keyOf(at));
  const marker = parse(found === undefined ? '' : Buffer.concat(await found.body.toArray()).toString());
  if (marker?.database === owner.id) return marker.id;
  const says = marker === undefined ? 'is gone or damaged' : `names the database ${marker.name}, not ${owner.name}`;
  throw new HeddleError(
    'bucket_taken',
    `The object ${keyOf(at)} of the bucket ${at.name}, which names the owner of the files beside it, ${says}: give each database, and each copy of one, its own bucket or prefix in HEDDLE_BLOBS_URL. If no other database uses these files any more, remove the object and start again.`,
    { details: { key: keyOf(at), database: marker?.name } },
  );
}

const otherBucket = ({ name }: MarkedPrefix, noted: NotedBucket): HeddleError =>
  new HeddleError(
    'setting_invalid',
    `The files of this database are in the bucket ${noted.name}, but HEDDLE_BLOBS_URL names a different prefix or bucket, in ${name}: set it to the former, or copy all of its objects to the latter, including heddle.json.`,
    { details: { settings: ['HEDDLE_BLOBS_URL', 'HEDDLE_BLOBS_URL_FILE'] } },
  );

async function isEmpty({ objects, prefix }: MarkedPrefix): Promise<boolean> {
  for await (const _ of objects.list(prefix)) return false;
  return true;
}

function parse(text: string): Marker | undefined {
  try {
    return Marker.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
