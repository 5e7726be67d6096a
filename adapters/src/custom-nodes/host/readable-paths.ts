import { existsSync, realpathSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { CustomModule } from '../resolve-module.js';

/**
 * The paths that the process of a package may read: its own folder, the `node_modules` folders above it that Node searches, and the code
 * that Heddle lends. Folders in `hidden` (the data folder) stay unreadable even inside the package's folder.
 */
export async function readablePaths(
  { folder }: CustomModule,
  childFile: string,
  hidden: readonly string[],
): Promise<readonly string[]> {
  const secret = await Promise.all(hidden.map((path) => realpath(path).catch(() => path)));
  return [...(await without(folder, secret)), ...packagesAbove(folder), ...lent(childFile)];
}

/** A folder, or, if it contains a hidden folder, its other contents. */
async function without(folder: string, hidden: readonly string[]): Promise<readonly string[]> {
  if (hidden.includes(folder)) return [];
  if (!hidden.some((path) => path.startsWith(folder + sep))) return [folder + sep];
  const entries = await readdir(folder, { withFileTypes: true });
  const parts = entries.map((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? without(path, hidden) : Promise.resolve([path]);
  });
  return (await Promise.all(parts)).flat();
}

function packagesAbove(folder: string): readonly string[] {
  const found: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    const packages = at.endsWith(`${sep}node_modules`) ? at : join(at, 'node_modules');
    if (existsSync(packages)) found.push(packages + sep);
    // The nearest package.json decides whether a module is ESM or CommonJS.
    if (existsSync(join(at, 'package.json'))) found.push(join(at, 'package.json'));
    if (dirname(at) === at) return found;
  }
}

/** The program of the process itself, `@heddle/core` and `zod`. */
function lent(childFile: string): readonly string[] {
  // `childFile` is adapters/dist/custom-nodes/child/nodes-child.js.
  const built = dirname(dirname(dirname(childFile)));
  const adapters = dirname(built);
  const folders = ['custom-nodes', 'child', 'event-loop'].map((name) => join(built, name) + sep);
  const found = [...folders, join(adapters, 'package.json')];
  for (let at = adapters; dirname(at) !== at; at = dirname(at)) {
    for (const name of ['@heddle/core', 'zod']) {
      const linked = join(at, 'node_modules', name);
      if (!existsSync(linked)) continue;
      const real = realpathSync(linked);
      found.push(linked + sep, join(real, 'package.json'), join(real, 'node_modules') + sep);
      if (name === 'zod') found.push(real + sep);
      else found.push(join(real, 'dist') + sep, join(real, 'src') + sep);
    }
    if (existsSync(join(at, 'package.json'))) found.push(join(at, 'package.json'));
  }
  return found;
}
