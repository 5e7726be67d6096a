import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** Written beside an installed package: what was requested. */
const InstalledFile = z.object({ name: z.string(), version: z.string(), integrity: z.string() });
export const installedFile = 'heddle.json';

/** A package of nodes that was installed into the data folder. */
export interface InstalledPackage extends z.infer<typeof InstalledFile> {
  /** The package itself, as an entry of custom nodes. */
  readonly folder: string;
}

/** Where packages of nodes are installed. */
const installFolder = (dataFolder: string): string => join(dataFolder, 'nodes');

/** Where one package is installed. A scope is a folder in a name, and must be none here. */
export const folderOfPackage = (dataFolder: string, name: string): string =>
  join(installFolder(dataFolder), name.replace('/', '+'));

/** The packages of nodes that are installed, by name. */
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
    // An installation that did not finish, or a folder of another program.
    return undefined;
  }
}
