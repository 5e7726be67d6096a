import { hash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';

const repository = new URL('../../', import.meta.url);
const stamp = new URL('server/dist/bundle/built-from.json', repository);

/** What the compiler writes at each change of a package, and what says which packages are installed. */
const sources = [
  ...['core', 'engine', 'nodes', 'adapters', 'server'].map((name) => `${name}/dist/.tsbuildinfo`),
  'package-lock.json',
];

/** Hash of each file that tells one state of the program from another, where the file is there: an image carries none. */
export function hashSources() {
  const found = sources.map((path) => [path, new URL(path, repository)]).filter(([, file]) => existsSync(file));
  return Object.fromEntries(found.map(([path, file]) => [path, hash('sha256', readFileSync(file))]));
}

/** Whether the bundle was made from the program as it stands: after `tsc` alone it was not. */
function isBundleFresh() {
  if (!existsSync(stamp)) return false;
  const built = JSON.parse(readFileSync(stamp, 'utf8'));
  return Object.entries(hashSources()).every(([path, is]) => built[path] === is);
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
