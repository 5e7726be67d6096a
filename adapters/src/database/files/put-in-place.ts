import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from '../storage-error.js';

/** Links a complete draft to its final name, unless another process was quicker. The name survives a power loss. The draft is removed. */
export function putInPlace(draft: string, file: string): void {
  try {
    linkSync(draft, file);
  } catch (error) {
    // EEXIST: another process was first. Any other error: the file system has no hard links.
    if (codeOf(error) !== 'EEXIST' && !existsSync(file)) renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
  syncFolder(dirname(file));
}

/** Makes a new name in a folder survive a power loss, if the system supports it. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
