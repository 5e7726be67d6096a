import type { Dirent } from 'node:fs';
import { opendir, readFile, stat } from 'node:fs/promises';
import { basename, join, posix, resolve } from 'node:path';
import { freeName, HeddleError, toErrorValue, type DocumentInput } from '@heddle/core';
import { defaultLimits } from './limits.js';

interface FoundFile {
  readonly path: string;
  readonly id: string;
}

/**
 * Yields the documents in the given files and folders, sorted by name. Ids are paths with `/`, relative to the given folder; the id of a
 * single file is its name. Hidden files, `node_modules` and links are skipped. A file that cannot be read is yielded with its `error`, so
 * that the others follow.
 *
 * Errors: `file_not_found` if a given path does not exist.
 *
 * @example for await (const document of readFolder(['handbook'])) console.log(document.id); // company/about.md
 */
export async function* readFolder(
  paths: readonly string[],
  options: { readonly maxBytes?: number } = {},
): AsyncGenerator<DocumentInput> {
  const maxBytes = options.maxBytes ?? defaultLimits.sourceBytes;
  const roots = await Promise.all(paths.map(rootOf));
  const names = new Set<string>();
  for (const root of roots) {
    for await (const file of root.isFolder
      ? filesBelow(root.path, '')
      : [{ path: root.path, id: basename(root.path) }]) {
      const id = uniqueName(file.id, names, roots.length > 1);
      yield await readOne({ ...file, id }, maxBytes);
    }
  }
}

/** Two given folders may have files with the same relative path; the later one gets a number. */
function uniqueName(id: string, names: Set<string>, isShared: boolean): string {
  if (!isShared) return id;
  const unique = freeName(id, names);
  names.add(unique);
  return unique;
}

async function rootOf(path: string): Promise<{ readonly path: string; readonly isFolder: boolean }> {
  try {
    const full = resolve(path);
    return { path: full, isFolder: (await stat(full)).isDirectory() };
  } catch (error) {
    throw new HeddleError('file_not_found', `There is no file or folder '${path}': check the path.`, { cause: error });
  }
}

async function* filesBelow(folder: string, prefix: string): AsyncGenerator<FoundFile> {
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name);
    const id = posix.join(prefix, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path, id);
    else if (entry.isFile()) yield { path, id };
  }
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  const entries: Dirent[] = [];
  for await (const entry of await opendir(folder)) {
    if (!entry.name.startsWith('.') && entry.name !== 'node_modules') entries.push(entry);
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function readOne({ path, id }: FoundFile, maxBytes: number): Promise<DocumentInput> {
  try {
    const { size } = await stat(path);
    if (size > maxBytes) {
      const error = new HeddleError(
        'document_too_large',
        `'${id}' has ${size} bytes, more than the ${maxBytes} that are read: split it into smaller files.`,
        {
          details: { size, limit: maxBytes },
        },
      );
      return { id, source: path, content: '', error: toErrorValue(error) };
    }
    return { id, source: path, content: await readFile(path) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return {
      id,
      source: path,
      content: '',
      error: toErrorValue(
        new HeddleError('file_unreadable', `'${id}' cannot be read (${reason}): check its permissions.`, { cause }),
      ),
    };
  }
}
