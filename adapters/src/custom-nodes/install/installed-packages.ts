import { existsSync } from 'node:fs';
import { readdir, readFile, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';

/** The file beside an installed package that records what was requested. */
const InstalledFile = z.object({ name: z.string(), version: z.string(), integrity: z.string() });
export const installedFile = 'heddle.json';

export interface InstalledPackage extends z.infer<typeof InstalledFile> {
  /** The folder of the package itself, usable as an entry of custom nodes. */
  readonly folder: string;
}

const installFolder = (dataFolder: string): string => join(dataFolder, 'nodes');

/** A scope in the name must not become a folder of its own. */
const folderNameOf = (name: string): string => name.replace('/', '+');

/** The folder of a package. */
export const folderOfPackage = (dataFolder: string, name: string): string =>
  join(installFolder(dataFolder), folderNameOf(name));

const previousEnding = '+previous';

/** Where the installed version of a package waits while another one replaces it. No package has a `+` at this place of its name. */
export const previousOf = (folder: string): string => `${folder}${previousEnding}`;

/** Lists the installed packages. A version that a crash left beside its folder is restored first. */
export async function listInstalled(dataFolder: string): Promise<readonly InstalledPackage[]> {
  for (const folder of await readdir(installFolder(dataFolder)).catch(() => [])) {
    const own = join(installFolder(dataFolder), folder.slice(0, -previousEnding.length));
    // If it cannot be moved, the package is missing from the list; that must not prevent the start.
    if (folder.endsWith(previousEnding) && !existsSync(own)) await rename(previousOf(own), own).catch(() => undefined);
  }
  const folders = await readdir(installFolder(dataFolder)).catch(() => []);
  const found = await Promise.all(folders.map((folder) => readInstalled(join(installFolder(dataFolder), folder))));
  return found.flatMap((each) => each ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function readInstalled(folder: string): Promise<InstalledPackage | undefined> {
  try {
    const file = InstalledFile.parse(JSON.parse(await readFile(join(folder, installedFile), 'utf8')));
    // An unfinished installation has its file already, in a folder with another name.
    if (basename(folder) !== folderNameOf(file.name)) return undefined;
    return { ...file, folder: join(folder, 'node_modules', file.name) };
  } catch {
    // A folder of another program.
    return undefined;
  }
}
