import type { BlobStore } from '@heddle/adapters/blobs';
import { referredBlobs, sqliteTables, type Damages, type HeddleDatabase } from '@heddle/adapters/database';
import { createStorage, type Storage } from './storage.js';

/** Makes the storage of a data folder. @example embeddedStorage(database, blobs, damages) */
export const embeddedStorage = (
  database: HeddleDatabase,
  blobs: Pick<BlobStore, 'sweep'>,
  damages?: Pick<Damages, 'list'>,
): Storage =>
  createStorage({
    tables: sqliteTables(database),
    blobs,
    isFile: true,
    check: () => database.checkWritable(),
    damages: () => damages?.list() ?? [],
    referred: (except, signal) => referredBlobs(database, except, signal),
    rewrite: () => database.rewrite(),
  });
