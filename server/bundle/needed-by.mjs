import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Finds the modules that some modules of the repository need before they run: what they import, and so on. */
export function neededBy(root, paths) {
  const found = new Set();
  return {
    has: (id) => found.has(id),
    /** Fills it once all modules are known. */
    fill(moduleOf) {
      const add = (id) => {
        const module = found.has(id) ? null : moduleOf(id);
        if (module === null) return;
        found.add(id);
        for (const next of module.importedIds) add(next);
      };
      for (const path of paths) {
        if (!existsSync(join(root, path))) throw new Error(`${path} is not there: name what took its place.`);
        add(join(root, path));
      }
    },
  };
}
