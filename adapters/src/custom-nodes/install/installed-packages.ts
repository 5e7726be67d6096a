import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** The file beside an installed package that records what was requested. */
const InstalledFile = z.object({ name: z.string(), version: z.string(), integrity: z.string() });
export const installedFile = 'heddle.json';

export interface InstalledPackage extends z.infer<typeof InstalledFile> {
  /** The folder of the package itself, usable as an entry of custom nodes. */
  readonly folder: string;
}

const installFolder = (dataFolder: string): string => join(dataFolder, 'nodes');

/** The folder of a package. A scope in the name must not become a folder of its own. */
export const folderOfPackage = (dataFolder: string, name: string): string =>
  join(installFolder(dataFolder), name.replace('/', '+'));

export async function listInstalled(dataFolder: string): Promise<readonly InstalledPackage[]> {
  const folders = await readdir(installFolder(dataFolder)).catch(() => []);
  const found = await Promise.all(folders.map((folder) => readInstalled(join(installFolder(dataFolder), folder))));
  return found.flatMap((each) => (each === undefined ? [] : [each])).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function readInstalled(folder: string): Promise<InstalledPackage | undefined> {
  try {
    const file = InstalledFile.parse(JSON.parse(await readFile(join(folder, installedFile), 'utf8')));
    return { ...file, folder: join(folder, 'node_modules', file.name) };
  } catch {
    // An unfinished installation, or a folder of another program.
    return undefined;
  }
}
