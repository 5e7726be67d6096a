import { readdirSync, statSync, unlinkSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../database/storage-error.js';

export interface BlobSweep {
  /** Whether anything refers to this blob. */
  isReferred(id: string): boolean;
  /** Blobs that were stored, or stored again, after this time stay (epoch milliseconds). */
  readonly before: number;
}

export interface SweptBlobs {
  readonly files: number;
  readonly bytes: number;
}

const folderName = /^[0-9a-f]{2}$/;
const fileName = /^([0-9a-f]{62})(\.json)?$/;

/**
 * Removes blobs that nothing refers to, and descriptions whose blob is missing after a crash. A file is checked and removed in one tick of
 * the event loop, so no store of this process can happen between the two; `isBusy` tells whether a store of a blob is under way.
 */
export async function sweepBlobs(
  folder: string,
  sweep: BlobSweep,
  isBusy: (id: string) => boolean,
): Promise<SweptBlobs> {
  let files = 0;
  let bytes = 0;
  for (const name of (await entriesOf(folder)).filter((entry) => folderName.test(entry))) {
    for (const entry of readdirSync(join(folder, name))) {
      const [, rest, isAbout] = fileName.exec(entry) ?? [];
      if (rest === undefined) continue;
      const id = `sha256:${name}${rest}`;
      if (isBusy(id) || sweep.isReferred(id)) continue;
      const size = removeOld(join(folder, name, entry), sweep.before);
      if (size === undefined || isAbout !== undefined) continue;
      files += 1;
      bytes += size;
    }
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return { files, bytes };
}

async function entriesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Returns the bytes of the removed file; undefined if it stays or was removed already. */
function removeOld(file: string, before: number): number | undefined {
  try {
    const { mtimeMs, size } = statSync(file);
    if (mtimeMs >= before) return undefined;
    unlinkSync(file);
    return size;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
