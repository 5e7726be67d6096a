import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { cp, readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { HeddleError } from '@heddle/core';
import { toStorageError } from '../database/storage-error.js';

/**
 * What is not copied: files that the other side creates itself, or that belong to a process. These are databases, locks, marks, unfinished
 * uploads, runtimes, files that were moved aside, and files that are in a bucket.
 */
const leftOut =
  /^(?:heddle\.lock.*|.*\.db|.*\.db-(?:wal|shm|journal|redo)|audit\.head|.*\.last|.*\.new-\d+.*|secret\.key|move\.json|uploads|runtimes|stopped|before-(?:restore|reset)-.*|restore\.json.*|\.restore-.*|(?:blobs|originals)\.in-bucket.*|bucket|lost\+found)$/;

/**
 * Copies the files beside the databases of a data folder: files of runs, originals, custom nodes. Overwrites copies of an earlier attempt.
 * Returns the number of files. Errors: `move_differs`, `storage_*`.
 */
export async function copyFolder(from: string, to: string): Promise<number> {
  if (!existsSync(from)) return 0;
  try {
    const names = (await readdir(from)).filter((name) => !leftOut.test(name));
    for (const name of names)
      await cp(join(from, name), join(to, name), { recursive: true, force: true, preserveTimestamps: true });
    let files = 0;
    for (const name of names) files += await compare(join(from, name), join(to, name), to);
    return files;
  } catch (error) {
    throw toStorageError(error, to);
  }
}

/** Compares the hash of each file with that of its copy. */
async function compare(from: string, to: string, folder: string): Promise<number> {
  if (!(await stat(from)).isDirectory()) {
    const one = await hashOf(from);
    const other = await hashOf(to);
    if (one === other) return 1;
    throw new HeddleError(
      'move_differs',
      `The copy of ${relative(folder, to)} differs from the file: a process writes to it, or the disk is damaged.`,
      {
        details: { file: to },
      },
    );
  }
  let files = 0;
  for (const name of await readdir(from)) files += await compare(join(from, name), join(to, name), folder);
  return files;
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file)) hash.update(piece as Uint8Array); // A stream without an encoding gives bytes.
  return hash.digest('hex');
}
