import { codeOf } from '@heddle/adapters/database';
import { copyFile, cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Copies a file or folder that a server may be using. What is removed in the meantime, such as a draft or an expired blob, is left out, where
 * `cp` of Node would reject.
 */
export async function copyInUse(from: string, to: string): Promise<void> {
  try {
    const entries = await readdir(from, { withFileTypes: true });
    await mkdir(to, { recursive: true });
    for (const entry of entries) {
      const source = join(from, entry.name);
      const target = join(to, entry.name);
      if (entry.isDirectory()) await copyInUse(source, target);
      else if (entry.isFile()) await copyFile(source, target).catch(unlessGone);
      else if (entry.isSymbolicLink()) await cp(source, target).catch(unlessGone);
    }
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') await copyFile(from, to).catch(unlessGone);
    else unlessGone(error);
  }
}

function unlessGone(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error;
}
