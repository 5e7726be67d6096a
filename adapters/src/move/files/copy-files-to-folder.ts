import { HeddleError } from '@heddle/core';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { writeDraft } from '../../blobs/blob-draft.js';
import { FolderBlobs } from '../../blobs/folder-blobs.js';
import { hashFile } from '../../blobs/hash-in-slices.js';
import type { Bucket } from '../../buckets/open-bucket.js';
import { failpoint } from '../../database/failpoint.js';
import { storageErrorOf } from '../../database/storage-error.js';
import { FolderOriginals } from '../../originals/folder-originals.js';
import { parseAbout } from '../../originals/original-document.js';
import type { ListedOriginal, ReadOriginal } from '../../originals/s3-originals.js';
import type { NamedFiles } from './named-files.js';

/** How many files were copied from a bucket. */
export interface CopiedFiles {
  readonly blobs: number;
  readonly originals: number;
}

const lanes = 8;

interface Bringing {
  readonly named: NamedFiles;
  /** Whether damaged files are left out instead of causing an error. */
  readonly leavesDamaged: boolean;
  readonly onFile: (done: number) => void;
}

/**
 * Copies all originals, and the blobs that rows refer to, from a bucket to a data folder. Each file is checked against its hash, even if an
 * earlier attempt copied it; only missing and damaged files are requested. Errors: `storage_*`, `bucket_*`.
 */
export async function copyFilesToFolder(
  bucket: Pick<Bucket, 'blobs' | 'originals' | 'name'>,
  folder: string,
  bringing: Bringing,
): Promise<CopiedFiles> {
  try {
    const blobs = await bringBlobs(bucket, join(folder, 'blobs'), bringing);
    const onFile = (done: number): void => bringing.onFile(blobs + done);
    const originals = await bringOriginals(bucket, join(folder, 'originals'), { ...bringing, onFile });
    return { blobs, originals };
  } catch (error) {
    throw storageErrorOf(error, folder) ?? error;
  }
}

async function bringBlobs(
  bucket: Pick<Bucket, 'blobs' | 'name'>,
  folder: string,
  { named, leavesDamaged, onFile }: Bringing,
): Promise<number> {
  const target = new FolderBlobs(folder);
  const ids = named.there()[Symbol.iterator]();
  let done = 0;
  let isFailed = false;
  const lane = async (): Promise<void> => {
    for (let next = ids.next(); next.done !== true && !isFailed; next = ids.next()) {
      try {
        await orLeft(leavesDamaged, bringBlob(bucket, folder, target, next.value));
      } catch (error) {
        isFailed = true;
        throw error;
      }
      onFile((done += 1));
      failpoint('move-file');
    }
  };
  // After an error, no lane takes another file.
  const outcomes = await Promise.allSettled(Array.from({ length: lanes }, lane));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return done;
}

async function orLeft(leavesDamaged: boolean, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(leavesDamaged && error instanceof HeddleError && error.code === 'storage_corrupt')) throw error;
  }
}

async function bringBlob(
  { blobs, name: bucket }: Pick<Bucket, 'blobs' | 'name'>,
  folder: string,
  target: FolderBlobs,
  id: string,
): Promise<void> {
  const hex = id.slice('sha256:'.length);
  const file = join(folder, hex.slice(0, 2), hex.slice(2));
  if (existsSync(file) && existsSync(`${file}.json`) && (await hashFile(file)) === hex) return;
  const { body, name, mediaType } = await blobs.read(id);
  const draft = await target.receive(body);
  if (draft.id !== id) {
    await draft.discard();
    throw new HeddleError(
      'storage_corrupt',
      `The stored value ${id} in the bucket ${bucket} is damaged: restore an earlier version of the object, and move again, or move without it (--leave-files).`,
      { details: { id } },
    );
  }
  await rm(`${file}.json`, { force: true });
  await draft.keep({ name, mediaType });
}

async function bringOriginals(
  { originals, name }: Pick<Bucket, 'originals' | 'name'>,
  folder: string,
  { leavesDamaged, onFile }: Pick<Bringing, 'leavesDamaged' | 'onFile'>,
): Promise<number> {
  const target = new FolderOriginals(folder);
  const bring = async (listed: ListedOriginal): Promise<void> => {
    const read = await listed.read();
    if (read === undefined) return;
    if (await isHere(folder, listed, read)) read.close();
    else await bringOriginal(folder, target, listed, read, name);
  };
  let done = 0;
  for await (const listed of originals.all()) {
    await orLeft(leavesDamaged, bring(listed));
    onFile((done += 1));
    failpoint('move-file');
  }
  return done;
}

async function isHere(folder: string, { collection, name }: ListedOriginal, read: ReadOriginal): Promise<boolean> {
  const file = join(folder, collection, name);
  if (!existsSync(file) || !existsSync(`${file}.json`)) return false;
  const about = await readFile(`${file}.json`, 'utf8');
  return isSameJson(about, parseAbout(read.about)) && (await hashFile(file)) === read.sha256;
}

/** Whether a text is the JSON of a value. A truncated text is not. */
function isSameJson(text: string, value: unknown): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
  } catch {
    return false;
  }
}

async function bringOriginal(
  folder: string,
  target: FolderOriginals,
  { collection, name }: ListedOriginal,
  { about, content, sha256 }: ReadOriginal,
  bucket: string,
): Promise<void> {
  const drafts = join(folder, '.moving');
  await mkdir(drafts, { recursive: true });
  try {
    const { id, file } = await writeDraft(drafts, content);
    if (id !== `sha256:${sha256}`)
      throw new HeddleError(
        'storage_corrupt',
        `The original ${name} of the collection '${collection}' in the bucket ${bucket} is damaged: restore an earlier version of the object, or remove it and import its document again, or move without it (--leave-files).`,
        { details: { collection, name } },
      );
    await target.write(collection, { ...parseAbout(about), file });
  } finally {
    await rm(drafts, { recursive: true, force: true });
  }
}
