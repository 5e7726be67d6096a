import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';

const repository = new URL('../../', import.meta.url);
/** Says which files the bundle has and what it was built from; it comes last, so without it there is no whole bundle. */
export const stampFile = new URL('server/dist/bundle/built-from.json', repository);

/** What the compiler writes at each change of a package, and what says which packages are installed. */
const sources = [
  ...['core', 'engine', 'nodes', 'adapters', 'server'].map((name) => `${name}/dist/.tsbuildinfo`),
  'package-lock.json',
];

/** Hash of each file that tells one state of the program from another, where the file is there: an image carries none. */
export function hashSources() {
  const found = sources.map((path) => [path, new URL(path, repository)]).filter(([, file]) => existsSync(file));
  return Object.fromEntries(
    found.map(([path, file]) => [path, createHash('sha256').update(readFileSync(file)).digest('hex')]),
  );
}

/** What the stamp says: `sources`, their hashes by path, and `files`. Undefined where there is none that can be read. */
export function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Whether the bundle was made from the program as it stands: after `tsc` alone it was not. */
function isBundleFresh() {
  const stamp = readStamp();
  return stamp !== undefined && Object.entries(hashSources()).every(([path, hashed]) => stamp.sources[path] === hashed);
}

/**
 * The file to start: `cli/main` or `index`, of the bundle where it is fresh, else of what the compiler wrote. Undefined where
 * nothing is built.
 */
export function findProgram(name) {
  const folder = isBundleFresh() ? 'bundle/' : '';
  const file = new URL(`server/dist/${folder}${folder === '' ? name : name.replaceAll('/', '-')}.js`, repository);
  return existsSync(file) ? file : undefined;
}
