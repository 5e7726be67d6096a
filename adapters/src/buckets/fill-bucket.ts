import { createReadStream, existsSync } from 'node:fs';
import { readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FolderBlobs } from '../blobs/folder-blobs.js';
import { toStorageError } from '../database/storage-error.js';
import { FolderOriginals } from '../originals/folder-originals.js';
import type { BlobStore } from '../blobs/blob-store.js';
import type { OriginalStore } from '../originals/original-store.js';

interface Filled {
  readonly blobs: BlobStore;
  readonly originals: OriginalStore;
}

interface FilledBucket {
  readonly blobs: number;
  readonly originals: number;
  /** Damaged files; they stay in the folder. */
  readonly damaged: readonly string[];
}

/** The suffix of a folder once all of its files are in the bucket. */
const doneEnding = '.in-bucket';

/**
 * Copies the files of a data folder into the bucket, and renames the folders once all of their files are there. Files that are already in the
 * bucket are not copied. It can be called again after a crash or an error. Errors: `storage_*`, `bucket_*`.
 *
 * @example const { blobs } = await fillBucket(bucket, dataFolder);
 */
export async function fillBucket(bucket: Filled, dataFolder: string): Promise<FilledBucket> {
  const damaged: string[] = [];
  const blobs = await fillFrom(join(dataFolder, 'blobs'), (folder) => copyBlobs(bucket, folder, damaged));
  const originals = await fillFrom(join(dataFolder, 'originals'), (folder) => copyOriginals(bucket, folder, damaged));
  return { blobs, originals, damaged };
}

async function fillFrom(folder: string, copy: (folder: string) => Promise<number>): Promise<number> {
  if (!existsSync(folder)) return 0;
  try {
    const copied = await copy(folder);
    await rename(folder, freeName(`${folder}${doneEnding}`));
    return copied;
  } catch (error) {
    throw toStorageError(error, folder);
  }
}

async function copyBlobs({ blobs }: Pick<Filled, 'blobs'>, folder: string, damaged: string[]): Promise<number> {
  const from = new FolderBlobs(folder);
  let copied = 0;
  for (const start of await foldersIn(folder)) {
    if (!/^[0-9a-f]{2}$/.test(start)) continue;
    for (const rest of await readdir(join(folder, start))) {
      if (!/^[0-9a-f]{62}$/.test(rest)) continue;
      const id = `sha256:${start}${rest}`;
      if (await blobs.has(id)) continue;
      const file = join(folder, start, rest);
      const about = await from.describe(id).catch(() => ({ name: 'file', mediaType: 'application/octet-stream' }));
      const draft = await blobs.receive(createReadStream(file));
      try {
        // Its name is the hash of its content.
        if (draft.id === id) await draft.keep(about);
        else damaged.push(file);
      } finally {
        await draft.discard();
      }
      copied += draft.id === id ? 1 : 0;
    }
  }
  return copied;
}

async function copyOriginals(
  { originals }: Pick<Filled, 'originals'>,
  folder: string,
  damaged: string[],
): Promise<number> {
  const from = new FolderOriginals(folder);
  let copied = 0;
  for (const collection of await foldersIn(folder)) {
    for (const name of await readdir(join(folder, collection))) {
      if (!/^[0-9a-f]{64}\.json$/.test(name)) continue;
      const file = join(folder, collection, name);
      const id = idIn(await readFile(file, 'utf8'));
      const original = id === undefined ? undefined : await from.find(collection, id);
      if (original === undefined) damaged.push(file);
      else if ((await originals.find(collection, original.id)) === undefined) {
        const { readersIfNew, ...document } = original;
        await originals.write(collection, { ...document, readers: readersIfNew });
        copied += 1;
      }
    }
  }
  return copied;
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** The id of the document that a description belongs to; undefined if it cannot be read. */
function idIn(about: string): string | undefined {
  try {
    return Named.parse(JSON.parse(about)).id;
  } catch {
    return undefined;
  }
}

const Named = z.object({ id: z.string() });

/** Finds a free name: an earlier folder may already have the first one. */
function freeName(path: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? path : `${path}-${number}`;
    if (!existsSync(name)) return name;
  }
}
