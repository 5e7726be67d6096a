import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { HeddleError } from '@heddle/core';
import { codeOf } from '../storage-error.js';

/**
 * Makes a folder and all missing folders above it. Node's own recursive `mkdir` tries forever on a file system that refuses new folders
 * with ENOENT, such as `/proc`; this function throws. Only its owner may use a private folder; the folders above it get the default
 * permissions.
 *
 * Errors: `storage_read_only`, and those of the file system.
 *
 * @example makeFolder(dataFolder, { isPrivate: true })
 */
export function makeFolder(folder: string, { isPrivate }: { readonly isPrivate: boolean }): void {
  const missing: string[] = [];
  for (let path = folder; !existsSync(path); path = dirname(path)) missing.push(path);
  for (const path of missing.reverse()) makeOne(path, isPrivate && path === folder ? 0o700 : undefined);
  if (!statSync(folder).isDirectory()) throw refused(folder, 'it is a file', undefined);
}

function makeOne(path: string, mode: number | undefined): void {
  try {
    mkdirSync(path, mode);
  } catch (error) {
    // EEXIST: another process made it meanwhile.
    if (codeOf(error) === 'EEXIST') return;
    if (codeOf(error) === 'ENOENT') throw refused(path, 'folders cannot be made here', error);
    throw error;
  }
}

function refused(path: string, reason: string, cause: unknown): HeddleError {
  return new HeddleError('storage_read_only', `${path}: ${reason}. Choose another folder.`, {
    cause,
    details: { place: path },
  });
}
