import { FolderBlobs, type BlobStore } from '@heddle/adapters/blobs';
import type { Bucket } from '@heddle/adapters/buckets';
import { FolderOriginals, type OriginalStore } from '@heddle/adapters/originals';
import type { PostgresDatabase } from '@heddle/adapters/postgres';
import { HeddleError, type Tables } from '@heddle/core';
import { join } from 'node:path';
import { realClock } from '../../common/real-clock.js';
import type { Log } from '../../common/log.js';
import { blobsUrlOf } from '../../settings/server-urls.js';
import type { Settings } from '../../settings/settings-table.js';
import type { OpenOptions } from './open-options.js';
import { logOutages, watchServer } from './watch-server.js';

/** Where the processes on a database store files: each in its own data folder, or all in one bucket. */
export interface OpenedFiles {
  readonly blobs: BlobStore;
  readonly originals: OriginalStore;
  /** Throws `bucket_*` if the bucket cannot be used now; undefined without a bucket. */
  readonly check?: () => void;
  close(): void;
}

/** Requests to a bucket cost money, so it is checked less often than other servers. */
const everyMs = 5_000;

/**
 * Opens the files of a database. Either all of its processes use the same bucket, or none uses one. Errors: `setting_invalid`, `bucket_*`,
 * `database_*`.
 *
 * @example const files = await openFiles(database, tables, settings, options, log);
 */
export async function openFiles(
  database: PostgresDatabase,
  tables: Tables,
  settings: Settings,
  { kind }: Pick<OpenOptions, 'kind'>,
  log: Log,
): Promise<OpenedFiles> {
  const { dataFolder } = settings;
  const url = blobsUrlOf(settings);
  const { bucketOwner, noteBucket, openBucket, readNotedBucket } = await import('@heddle/adapters/buckets');
  const noted = await readNotedBucket(tables);
  if (url === undefined) {
    if (noted !== undefined) throw noBucket(noted.name);
    return {
      blobs: new FolderBlobs(join(dataFolder, 'blobs')),
      originals: new FolderOriginals(join(dataFolder, 'originals')),
      close: () => undefined,
    };
  }
  const owner = { ...(await bucketOwner(database)), noted };
  const bucket = await openBucket({ url, owner, folder: join(dataFolder, 'bucket'), clock: realClock });
  try {
    await noteBucket(tables, bucket);
    if (kind === 'server') await fillFromFolders(bucket, dataFolder, log);
  } catch (error) {
    bucket.close();
    throw error;
  }
  const watch = watchServer({
    clock: realClock,
    everyMs,
    ping: logOutages(() => bucket.check(), log, {
      away: `the bucket ${bucket.name} cannot be used: values that need it wait for it`,
      back: `the bucket ${bucket.name} is back`,
    }),
    unanswered: (seconds) =>
      new HeddleError(
        'bucket_unreachable',
        `The bucket ${bucket.name} has not answered for ${seconds} s: check that it runs, and the network to it.`,
      ),
  });
  return {
    blobs: bucket.blobs,
    originals: bucket.originals,
    check: () => watch.check(),
    close() {
      watch.stop();
      bucket.close();
    },
  };
}

/** Copies the files that this process stored before it had a bucket. */
async function fillFromFolders(bucket: Bucket, dataFolder: string, log: Log): Promise<void> {
  const { fillBucket } = await import('@heddle/adapters/buckets');
  const { damaged, ...copied } = await fillBucket(bucket, dataFolder);
  if (copied.blobs + copied.originals > 0) log.warn({ ...copied }, `files of ${dataFolder} are in the bucket now`);
  if (damaged.length > 0)
    log.error({ damaged: damaged.slice(0, 20), count: damaged.length }, 'damaged files were not copied to the bucket');
}

const noBucket = (name: string): HeddleError =>
  new HeddleError(
    'setting_invalid',
    `The files of this database are in the bucket ${name}, and HEDDLE_BLOBS_URL is not set: set it as for the other processes.`,
    { details: { settings: ['HEDDLE_BLOBS_URL', 'HEDDLE_BLOBS_URL_FILE'] } },
  );
