import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import type { BigIntStats, Dirent } from 'node:fs';
import type { SourceFileEntry, SourceFiles } from '@heddle/core';
import {
  defaultMaxBytes,
  isBelow,
  locate,
  readWhole,
  rootsOf,
  shownPath,
  unreadable,
  type FilesOptions,
  type Root,
} from './create-files.js';

/**
 * Reads files below the folders that an administrator allowed, for sources. Unlike `createFiles`, it throws if a file or folder cannot be
 * read: the file must not seem to be deleted.
 *
 * @example for await (const { path, version } of createSourceFiles({ folders: ['/srv/handbook'] }).walk('handbook')) …
 */
export function createSourceFiles({ folders }: FilesOptions): SourceFiles {
  return {
    async locate(path) {
      return (await locate(await rootsOf(folders), path)).file;
    },
    async read(path, { maxBytes = defaultMaxBytes, signal } = {}) {
      const { file } = await locate(await rootsOf(folders), path);
      return readWhole(file, path, maxBytes, signal);
    },
    async *walk(path) {
      const { root, file } = await locate(await rootsOf(folders), path);
      yield* walkAll(root, file);
    },
  };
}

async function* walkAll(root: Root, start: string): AsyncGenerator<SourceFileEntry> {
  const open: string[] = [start];
  for (let current = open.pop(); current !== undefined; current = open.pop()) {
    const shown = shownPath(root, current);
    const found = await unlessGone(shown, stat(current, { bigint: true }));
    if (found === undefined) continue;
    if (found.isFile())
      yield { ...entryOf(shown, found), relative: relative(start, current).replaceAll(sep, '/') || basename(current) };
    if (!found.isDirectory()) continue;
    const entries = (await unlessGone(shown, readdir(current, { withFileTypes: true }))) ?? [];
    const kept = entries.filter(isShown).sort((a, b) => (a.name < b.name ? 1 : -1));
    for (const entry of kept) {
      const path = join(current, entry.name);
      if (!entry.isSymbolicLink() || (await leadsToFileInside(root, path))) open.push(path);
    }
  }
}

/** Node replaces bytes that are not UTF-8 in a name, and the file cannot be opened by such a name. So these entries are left out. */
const isShown = (entry: Dirent): boolean =>
  !entry.name.startsWith('.') &&
  entry.name !== 'node_modules' &&
  !entry.name.includes('\ufffd') &&
  (entry.isFile() || entry.isDirectory() || entry.isSymbolicLink());

const entryOf = (
  path: string,
  { size, mtimeMs, mtimeNs, ctimeNs, ino }: BigIntStats,
): Omit<SourceFileEntry, 'relative'> => ({
  path,
  size: Number(size),
  changedAt: Number(mtimeMs),
  version: [size, mtimeNs, ctimeNs, ino].join('-'),
});

/** Linked folders are left out: they can form a cycle. */
async function leadsToFileInside(root: Root, link: string): Promise<boolean> {
  const shown = shownPath(root, link);
  const target = await unlessGone(shown, realpath(link));
  if (target === undefined || !isBelow(root.folder, target)) return false;
  return (await unlessGone(shown, stat(target)))?.isFile() === true;
}

/** Returns undefined for a file that was deleted in the meantime and for a link in a cycle. Errors: `file_unreadable`. */
async function unlessGone<T>(shown: string, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return undefined;
    throw unreadable(shown, error);
  }
}
