import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { FileRef, HeddleError } from '@heddle/core';
import { codeOf, storageErrorOf, toStorageError } from '../database/storage-error.js';
import { failpoint } from '../database/failpoint.js';
import { replaceFile, syncFolders, writeSynced } from '../database/files/write-durably.js';
import type { BlobStore } from './blob-store.js';
import { writeDraft, type BlobDraft } from './blob-draft.js';
import { hashInSlices, hashPieces } from './hash-in-slices.js';
import { sweepBlobs, type BlobSweep, type SweptBlobs } from './sweep-blobs.js';

const idPattern = /^sha256:([0-9a-f]{64})$/;

/**
 * Content-addressed storage in a folder: `ab/cdef…`, with name and media type in `ab/cdef….json` beside it.
 *
 * - A blob appears complete: it is written under a temporary name, synced, then renamed.
 * - Content that is read must have the hash of its id; otherwise the error is `storage_corrupt`. Storing the content again repairs it.
 * - An id of another form never names a file.
 * - A blob that was just stored counts as young for a sweep, even if it existed before.
 *
 * @example const blobs = new FolderBlobs(join(dataFolder, 'blobs'));
 */
export class FolderBlobs implements BlobStore {
  private readonly folder: string;
  private readonly drafts: string;
  private prepared: Promise<void> | undefined;
  /** How many stores are under way, by blob id. */
  private readonly busy = new Map<string, number>();

  constructor(folder: string) {
    this.folder = folder;
    this.drafts = join(this.folder, 'drafts');
  }

  async put(
    content: Uint8Array,
    { name, mediaType }: { readonly name: string; readonly mediaType: string },
  ): Promise<FileRef> {
    const id = `sha256:${await hashInSlices(content)}`;
    const file = this.fileOf(id);
    const reference: FileRef = { id, name, mediaType, size: content.byteLength };
    await this.storing(id, async () => {
      await this.prepare();
      if (await isWhole(file, content)) {
        // A crash can have come between the content and its description.
        await this.describeOnce(file, reference);
        return makeYoung(file);
      }
      await mkdir(join(file, '..'), { recursive: true });
      await this.store(file, content);
      await this.describeAs(file, reference);
      await syncFolders(join(file, '..'), this.folder);
    });
    return reference;
  }

  async receive(content: AsyncIterable<Uint8Array>): Promise<BlobDraft> {
    try {
      await this.prepare();
      const { id, size, file: draft } = await writeDraft(this.drafts, content);
      const file = this.fileOf(id);
      return {
        id,
        size,
        file: draft,
        keep: async ({ name, mediaType }) => {
          const reference: FileRef = { id, name, mediaType, size };
          await this.storing(id, async () => {
            await mkdir(join(file, '..'), { recursive: true });
            failpoint('blob-before-rename');
            // Identical content is replaced too: the old copy may be damaged, and a sweep must count the blob as young.
            await rename(draft, file);
            await this.describeOnce(file, reference);
            await makeYoung(file);
            await syncFolders(join(file, '..'), this.folder);
          });
          return reference;
        },
        discard: () => rm(draft, { force: true }),
      };
    } catch (error) {
      throw storageErrorOf(error, this.folder) ?? error;
    }
  }

  async get(id: string): Promise<Uint8Array> {
    const file = this.fileOf(id);
    const content = await readFile(file).catch((error: unknown) => refuse(error, id, this.folder));
    if (`sha256:${await hashInSlices(content)}` === id) return content;
    throw damaged(id, this.folder, file);
  }

  async open(id: string): Promise<{ readonly size: number; readonly stream: Readable }> {
    const file = this.fileOf(id);
    const size = (await sizeOf(file)) ?? refuseMissing(id);
    const hash = await hashPieces(createReadStream(file)).catch((error: unknown) => refuse(error, id, this.folder));
    if (`sha256:${hash}` !== id) throw damaged(id, this.folder, file);
    return { size, stream: createReadStream(file) };
  }

  removeDrafts(): Promise<void> {
    return rm(this.drafts, { recursive: true, force: true });
  }

  async has(id: string): Promise<boolean> {
    if (!idPattern.test(id)) return false;
    return (await sizeOf(this.fileOf(id))) !== undefined;
  }

  async describe(id: string): Promise<FileRef> {
    const text = await readFile(`${this.fileOf(id)}.json`, 'utf8').catch((error: unknown) =>
      refuse(error, id, this.folder),
    );
    const reference = parseReference(text);
    if (reference === undefined) throw damaged(id, this.folder, `${this.fileOf(id)}.json`);
    return reference;
  }

  /** Errors: `storage_*`. */
  async sweep(sweep: BlobSweep): Promise<SweptBlobs> {
    try {
      return await sweepBlobs(this.folder, sweep, (id) => this.busy.has(id));
    } catch (error) {
      throw toStorageError(error, this.folder);
    }
  }

  /** Once: makes the folder and removes files that a crash left incomplete. */
  private prepare(): Promise<void> {
    return (this.prepared ??= clear(this.drafts).catch((error: unknown) => {
      this.prepared = undefined;
      throw error;
    }));
  }

  private fileOf(id: string): string {
    const hex = idPattern.exec(id)?.[1];
    if (hex === undefined) throw missing(id);
    return join(this.folder, hex.slice(0, 2), hex.slice(2));
  }

  private async store(file: string, content: Uint8Array): Promise<void> {
    const draft = join(this.drafts, randomUUID());
    try {
      await writeSynced(draft, content);
      failpoint('blob-before-rename');
      await rename(draft, file);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  private describeAs(file: string, reference: FileRef): Promise<void> {
    return replaceFile(`${file}.json`, JSON.stringify(reference), { draft: join(this.drafts, randomUUID()) });
  }

  /** Writes the description of a blob, unless the blob was stored before, perhaps under another name. */
  private async describeOnce(file: string, reference: FileRef): Promise<void> {
    const text = await readFile(`${file}.json`, 'utf8').catch(() => '');
    if (parseReference(text) === undefined) await this.describeAs(file, reference);
  }

  /** Runs a store under an id, during which no sweep removes the blob. */
  private async storing(id: string, work: () => Promise<void>): Promise<void> {
    this.busy.set(id, (this.busy.get(id) ?? 0) + 1);
    try {
      await work();
    } catch (error) {
      throw toStorageError(error, this.folder);
    } finally {
      const others = (this.busy.get(id) ?? 1) - 1;
      if (others === 0) this.busy.delete(id);
      else this.busy.set(id, others);
    }
  }
}

async function clear(drafts: string): Promise<void> {
  await rm(drafts, { recursive: true, force: true });
  await mkdir(drafts, { recursive: true });
}

async function isWhole(file: string, content: Uint8Array): Promise<boolean> {
  if ((await sizeOf(file)) !== content.byteLength) return false;
  return (await readFile(file)).equals(content);
}

/** Sets the times of a file, from which a sweep reads when it was last stored. */
async function makeYoung(file: string): Promise<void> {
  const now = new Date();
  await Promise.all([utimes(file, now, now), utimes(`${file}.json`, now, now).catch(() => undefined)]);
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parseReference(text: string): FileRef | undefined {
  try {
    return FileRef.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function refuse(error: unknown, id: string, folder: string): never {
  throw codeOf(error) === 'ENOENT' ? missing(id) : toStorageError(error, folder);
}

function refuseMissing(id: string): never {
  throw missing(id);
}

function damaged(id: string, folder: string, file: string): HeddleError {
  return new HeddleError(
    'storage_corrupt',
    `The stored value ${id} in ${folder} is damaged: restore it from a backup, or store the same content again.`,
    { details: { id, place: file } },
  );
}

function missing(id: string): HeddleError {
  return new HeddleError(
    'blob_not_found',
    `There is no stored value '${id}': it was removed, or this is a different data folder.`,
    { details: { id } },
  );
}
