import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFile } from '../blobs/hash-in-slices.js';
import { codeOf } from '../database/storage-error.js';

/** The hash of the first blob in a folder after this hash; undefined if there is none. */
export async function nextBlob(folder: string, after: string): Promise<string | undefined> {
  const names = async (path: string, form: RegExp): Promise<string[]> =>
    (await readdir(path).catch(() => [])).filter((name) => form.test(name)).sort();
  for (const start of await names(folder, /^[0-9a-f]{2}$/)) {
    if (start < after.slice(0, 2)) continue;
    const found = (await names(join(folder, start), /^[0-9a-f]{62}$/)).find((rest) => `${start}${rest}` > after);
    if (found !== undefined) return `${start}${found}`;
  }
  return undefined;
}

/** The hash of a blob's current content; undefined if it was removed. */
export async function hashOfBlob(folder: string, hash: string): Promise<string | undefined> {
  try {
    return await hashFile(join(folder, hash.slice(0, 2), hash.slice(2)));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
