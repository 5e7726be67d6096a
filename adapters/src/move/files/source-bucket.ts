import { HeddleError, type Clock } from '@heddle/core';
import { join } from 'node:path';
import { bucketOwner } from '../../buckets/bucket-owner.js';
import { readNotedBucket } from '../../buckets/noted-bucket.js';
import { openBucket, type Bucket } from '../../buckets/open-bucket.js';
import type { PostgresDatabase } from '../../postgres/open-postgres.js';
import { postgresTables } from '../../postgres/postgres-tables.js';

/**
 * Opens the bucket with the files of a database; undefined if the processes keep files in their data folders. Errors: `setting_invalid` if
 * the address of the bucket is missing, `bucket_*`, `database_*`.
 */
export async function openSourceBucket(
  database: PostgresDatabase,
  { blobsUrl, filesFolder, clock }: { readonly blobsUrl?: string | undefined; filesFolder: string; clock: Clock },
): Promise<Bucket | undefined> {
  const noted = await readNotedBucket(postgresTables(database));
  if (noted === undefined) return undefined;
  if (blobsUrl === undefined)
    throw new HeddleError(
      'setting_invalid',
      `The files of this database are in the bucket ${noted.name}: name it with HEDDLE_BLOBS_URL, as the processes do.`,
      { details: { settings: ['HEDDLE_BLOBS_URL', 'HEDDLE_BLOBS_URL_FILE'] } },
    );
  const owner = { ...(await bucketOwner(database)), noted };
  return openBucket({ url: blobsUrl, owner, folder: join(filesFolder, 'bucket'), clock });
}
