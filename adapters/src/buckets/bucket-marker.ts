import { randomUUID } from 'node:crypto';
import { HeddleError } from '@heddle/core';
import { z } from 'zod';
import type { S3Objects } from '../blobs/s3/s3-objects.js';

/** Whose the objects behind a prefix are. */
const Marker = z.object({
  /** Names this prefix, wherever its objects are copied to. */
  id: z.string(),
  /** The database that has names for the objects. */
  database: z.string(),
  /** The same, for people. */
  name: z.string(),
});
type Marker = z.infer<typeof Marker>;

/** The database whose files are in a bucket. */
export interface BucketOwner {
  /** Differs between any two databases, also between one and its copy. */
  readonly id: string;
  /** For messages, such as `heddle at db:5432`. */
  readonly name: string;
  /** The bucket that has its files already. */
  readonly noted?: NotedBucket | undefined;
}

/** The bucket with the files of a database, as the database knows it. */
export interface NotedBucket {
  /** The id in the marker of the bucket. */
  readonly id: string;
  /** For messages. */
  readonly name: string;
}

/** Where a marker is. */
interface MarkedPrefix {
  readonly objects: S3Objects;
  readonly prefix: string;
  /** The bucket, for messages. */
  readonly name: string;
}

const keyOf = ({ prefix }: MarkedPrefix): string => `${prefix}heddle.json`;

/**
 * Marks a prefix as that of a database, unless it is marked, and checks the marker. Storing it also proves that objects may be stored. Returns the id
 * of the prefix. Errors: `bucket_taken` for the prefix of another database, `setting_invalid` where the files of this one are in another bucket, and
 * those of the client.
 */
export async function markBucket(at: MarkedPrefix, owner: BucketOwner): Promise<string> {
  const { noted } = owner;
  // It is read before the first write: some servers create a bucket that is written to, and a wrong name would not be noticed.
  const isNew = await isEmpty(at);
  // Where the marker was removed by hand, the files are still there.
  if (noted !== undefined && isNew) throw otherBucket(at, noted);
  const marker: Marker = { id: noted?.id ?? randomUUID(), database: owner.id, name: owner.name };
  const body = Buffer.from(`${JSON.stringify(marker, null, 2)}\n`);
  await at.objects.put(keyOf(at), body, { mediaType: 'application/json' }, false);
  const id = await checkMarker(at, owner);
  if (noted !== undefined && noted.id !== id) throw otherBucket(at, noted);
  return id;
}

/** Reads the marker of a prefix, and returns its id. Errors: `bucket_taken` where it is gone or of another database, and those of the client. */
export async function checkMarker(at: MarkedPrefix, owner: BucketOwner): Promise<string> {
  const found = await at.objects.get(keyOf(at));
  const marker = parse(found === undefined ? '' : Buffer.concat(await found.body.toArray()).toString());
  if (marker?.database === owner.id) return marker.id;
  const says = marker === undefined ? 'is gone or damaged' : `names the database ${marker.name}, not ${owner.name}`;
  throw new HeddleError(
    'bucket_taken',
    `The object ${keyOf(at)} of the bucket ${at.name} says whose files lie beside it, and ${says}: give each database, and each copy of one, a bucket or a prefix of its own in HEDDLE_BLOBS_URL. Where no other database uses these files any more, remove the object and start again.`,
    { details: { key: keyOf(at), database: marker?.name } },
  );
}

const otherBucket = ({ name }: MarkedPrefix, noted: NotedBucket): HeddleError =>
  new HeddleError(
    'setting_invalid',
    `The files of this database are in the bucket ${noted.name}, and HEDDLE_BLOBS_URL names another prefix or bucket, in ${name}: name that one, or copy all of its objects to this one, heddle.json too.`,
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
