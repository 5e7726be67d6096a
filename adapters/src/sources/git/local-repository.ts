import { lstat, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { HeddleError, type SourceFiles } from '@heddle/core';

/** Files that make a repository read objects of another one. */
const leadingElsewhere = new Set(['commondir', 'objects/info/alternates', 'objects/info/http-alternates']);

/**
 * The path of a repository in an allowed folder. Refuses one that leads outside, through a link, a linked work tree or the objects of
 * another repository. Errors: `forbidden`, `file_not_found`, `source_failed`.
 */
export async function locateRepository(files: Pick<SourceFiles, 'locate'>, path: string): Promise<string> {
  const located = await files.locate(path);
  const folder = (await isFolder(join(located, '.git'))) ? join(located, '.git') : located;
  for (const part of ['HEAD', 'objects', 'refs'])
    if ((await kindOf(join(folder, part))) === undefined)
      throw new HeddleError(
        'source_failed',
        `'${path.slice(0, 300)}' is not a Git repository: name the folder with its .git folder, or a bare repository.`,
      );
  await checkInside(folder, path);
  return folder;
}

async function checkInside(folder: string, path: string): Promise<void> {
  const open = [folder];
  for (let current = open.pop(); current !== undefined; current = open.pop()) {
    for (const entry of await readdir(current, { withFileTypes: true })) {
      const whole = join(current, entry.name);
      const below = relative(folder, whole).replaceAll('\\', '/');
      if (entry.isSymbolicLink() || leadingElsewhere.has(below))
        throw new HeddleError(
          'forbidden',
          `The repository '${path.slice(0, 300)}' refers to another location with its '${below.slice(0, 200)}': make a self-contained clone in the allowed folder.`,
        );
      if (entry.isDirectory() && below !== 'worktrees' && below !== 'modules' && below !== 'hooks') open.push(whole);
    }
  }
}

const isFolder = async (path: string): Promise<boolean> => (await kindOf(path)) === 'folder';

async function kindOf(path: string): Promise<'folder' | 'other' | undefined> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  return found.isDirectory() ? 'folder' : 'other';
}
