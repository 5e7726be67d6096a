import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * Throws where the bundle would not run as its modules do alone: chunks that wait for each other, whose order would then be
 * another one, and a package that is another copy for the bundle than for the module that names it.
 */
export function checkOutput(chunks, outside, folder) {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const done = new Set();
  const visit = (name, path) => {
    if (path.includes(name)) throw new Error(`Chunks wait for each other: ${[...path, name].join(' > ')}.`);
    if (done.has(name)) return;
    for (const next of byName.get(name)?.imports ?? []) if (byName.has(next)) visit(next, [...path, name]);
    done.add(name);
  };
  for (const name of byName.keys()) visit(name, []);

  const fromFolder = createRequire(join(folder, 'main.js'));
  for (const [name, importer] of outside) {
    const [there, here] = [createRequire(importer), fromFolder].map((require) => folderOf(require, name));
    if (there !== here)
      throw new Error(`${importer} finds '${name}' in ${there}, the bundle in ${here}: let the bundle join it.`);
  }
}

/** The folder where a package is found first, whatever it exports. */
function folderOf(require, name) {
  const [first, second] = name.split('/');
  const found = (require.resolve.paths(name) ?? []).map((path) =>
    join(path, first, ...(first.startsWith('@') ? [second] : [])),
  );
  return found.find((path) => existsSync(join(path, 'package.json')));
}
