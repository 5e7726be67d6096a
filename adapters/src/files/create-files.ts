import { constants } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { HeddleError, type FileEntry, type Files } from '@heddle/core';

export interface FilesOptions {
  /** Folders that may be read, with everything below them. An empty list permits nothing. */
  readonly folders: readonly string[];
}

/** An allowed folder, and the name with which paths below it begin. */
export interface Root {
  readonly name: string;
  /** The real path on disk, with links resolved. */
  readonly folder: string;
}

const defaultLimit = 10_000;
export const defaultMaxBytes = 100_000_000;

/**
 * Reads files below the folders that an administrator allowed. A path begins with the folder's name (`handbook/leave.md`) or is absolute.
 * Links are resolved first, and a link that leads out of the folder is refused.
 *
 * @example const files = createFiles({ folders: ['/srv/handbook'] });
 */
export function createFiles({ folders }: FilesOptions): Files {
  return {
    async list(path, { limit = defaultLimit, signal } = {}) {
      const { root, file } = await locate(await rootsOf(folders), path);
      const found = await stat(file);
      if (!found.isDirectory()) return [{ path: shownPath(root, file), size: found.size, changedAt: found.mtimeMs }];
      const entries: FileEntry[] = [];
      for await (const entry of walk(root, file)) {
        if (signal?.aborted === true) throw new HeddleError('aborted', 'Reading the folder was stopped.');
        entries.push(entry);
        if (entries.length >= limit) break;
      }
      return entries;
    },
    async read(path, { maxBytes = defaultMaxBytes, signal } = {}) {
      const { file } = await locate(await rootsOf(folders), path);
      return readWhole(file, path, maxBytes, signal);
    },
  };
}

/** The allowed folders that exist. Folders of the same name are told apart by a number. */
export async function rootsOf(folders: readonly string[]): Promise<readonly Root[]> {
  const roots: Root[] = [];
  for (const given of folders) {
    const folder = await realpath(given).catch(() => undefined);
    if (folder === undefined) continue;
    const base = basename(resolve(given)) || 'files';
    const same = roots.filter(({ name }) => name === base || name.startsWith(`${base}-`)).length;
    roots.push({ name: same === 0 ? base : `${base}-${same + 1}`, folder });
  }
  return roots;
}

/** Resolves a path to a file inside an allowed folder. Errors: `forbidden`, `file_not_found`. */
export async function locate(
  roots: readonly Root[],
  path: string,
): Promise<{ readonly root: Root; readonly file: string }> {
  if (path.includes('\0')) throw forbidden(path, roots);
  const plain = path.replaceAll('\\', '/');
  const root = roots.find(({ name }) => plain === name || plain.startsWith(`${name}/`));
  const wanted = root === undefined ? resolve(sep, path) : join(root.folder, plain.slice(root.name.length));
  const inside = root ?? roots.find(({ folder }) => isBelow(folder, wanted));
  // Checked before the disk is read: a caller must not learn whether a file outside exists.
  if (inside === undefined || !isBelow(inside.folder, wanted)) throw forbidden(path, roots);
  const file = await realpath(wanted).catch(() => undefined);
  if (file === undefined)
    throw new HeddleError('file_not_found', `'${path}' does not exist below the allowed folders.`);
  if (!isBelow(inside.folder, file)) throw forbidden(path, roots);
  return { root: inside, file };
}

/**
 * The files below a folder, ordered by path. Leaves out hidden files, linked folders, and everything that is not a file. It does not
 * recurse, because folders may be deep.
 */
async function* walk(root: Root, start: string): AsyncGenerator<FileEntry> {
  const open: string[] = [start];
  while (open.length > 0) {
    const current = open.pop();
    if (current === undefined) return;
    const found = await stat(current).catch(() => undefined);
    if (found?.isFile() === true) yield { path: shownPath(root, current), size: found.size, changedAt: found.mtimeMs };
    if (found?.isDirectory() !== true) continue;
    const entries = await readdir(current, { withFileTypes: true });
    const kept = entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => (a.name < b.name ? 1 : -1));
    for (const entry of kept) {
      const path = join(current, entry.name);
      if (entry.isFile() || entry.isDirectory() || (entry.isSymbolicLink() && (await isFileInside(root, path))))
        open.push(path);
    }
  }
}

async function isFileInside(root: Root, link: string): Promise<boolean> {
  const target = await realpath(link).catch(() => undefined);
  return target !== undefined && isBelow(root.folder, target) && (await stat(target)).isFile();
}

export async function readWhole(
  file: string,
  path: string,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  // A pipe would wait for a writer for ever, and a link created in the meantime would lead elsewhere.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW).catch(
    (cause: unknown) => {
      throw unreadable(path, cause);
    },
  );
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw unreadable(path, new Error('It is not a file.'));
    if (found.size > maxBytes)
      throw new HeddleError(
        'document_too_large',
        `'${path}' has ${found.size} bytes, but only ${maxBytes} are allowed: raise the limit, or split the file.`,
        { details: { size: found.size, limit: maxBytes } },
      );
    return await handle.readFile({ signal });
  } catch (error) {
    if (signal?.aborted === true) throw new HeddleError('aborted', `Reading '${path}' was stopped.`, { cause: error });
    throw error instanceof HeddleError ? error : unreadable(path, error);
  } finally {
    await handle.close();
  }
}

export function isBelow(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

export function shownPath({ name, folder }: Root, file: string): string {
  const way = relative(folder, file).replaceAll(sep, '/');
  return way === '' ? name : `${name}/${way}`;
}

function forbidden(path: string, roots: readonly Root[]): HeddleError {
  const allowed =
    roots.length === 0
      ? 'none is allowed yet: name folders in the setting HEDDLE_FILES'
      : `allowed are: ${roots.map(({ name }) => name).join(', ')}`;
  return new HeddleError('forbidden', `'${path.slice(0, 200)}' is not below an allowed folder; ${allowed}.`);
}

export function unreadable(path: string, cause: unknown): HeddleError {
  return new HeddleError(
    'file_unreadable',
    `'${path}' cannot be read: check that it is a file and that Heddle may read it.`,
    { cause },
  );
}
