import { HeddleError, type Tables } from '@heddle/core';
import { postgresMigrations } from '../postgres/migrations.js';
import { fileTables } from '../postgres/migrations/files/file-tables.js';
import type { NotedBucket } from './bucket-marker.js';

/**
 * The schema version of the first release with buckets. Older releases keep files in their data folders, where other processes cannot find
 * them.
 */
const firstWithBuckets = postgresMigrations.indexOf(fileTables) + 1;

/** The bucket with the files of a database; undefined if they are in the data folders of its processes. */
export const readNotedBucket = (tables: Tables): Promise<NotedBucket | undefined> =>
  tables.get<{ readonly id: string; readonly name: string }>(
    'SELECT bucket AS id, name FROM noted_bucket WHERE one = 1',
    {},
  );

/**
 * Records the bucket that has the files of a database from now on. Releases that do not support buckets cannot open the database
 * afterwards. Errors: `setting_invalid` if another process recorded a different bucket meanwhile.
 */
export async function noteBucket(tables: Tables, { id, name }: NotedBucket): Promise<void> {
  await tables.commit([
    {
      sql: `INSERT INTO noted_bucket (one, bucket, name) VALUES (1, @id, @name)
        ON CONFLICT (one) DO UPDATE SET name = excluded.name WHERE noted_bucket.bucket = excluded.bucket`,
      values: { id, name },
    },
    {
      sql: `UPDATE schema_version SET min_writer = @first, min_reader = CASE WHEN min_reader < @first THEN @first ELSE min_reader END
        WHERE min_writer < @first`,
      values: { first: firstWithBuckets },
    },
  ]);
  const noted = await readNotedBucket(tables);
  if (noted?.id !== id)
    throw new HeddleError(
      'setting_invalid',
      `Another process on this database keeps its files in the bucket ${noted?.name}, but this one in ${name}: give all processes the same HEDDLE_BLOBS_URL.`,
      { details: { settings: ['HEDDLE_BLOBS_URL', 'HEDDLE_BLOBS_URL_FILE'] } },
    );
}
