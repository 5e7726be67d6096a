import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { listFiles } from '../source/list-files.mjs';
import { kindOf } from './order-specs.mjs';

/** Files on which every spec depends. */
const shared = ['package-lock.json', 'tsconfig.base.json', 'jest.preset.mjs', 'jest.resolver.cjs'];

/** Specs of `tools` read files of the whole repository. */
const readsEverything = (path) => path.startsWith('tools/');

/**
 * Lists the unit specs of `folder`, each with a digest of the files near it: the spec, the files of its folder, and its relative imports.
 */
function nearSpecs(folder) {
  const files = listFiles(folder).map(({ path }) => path);
  const known = new Set(files);
  const inFolder = Map.groupBy(
    files.filter((path) => !isSpec(path)),
    (path) => posix.dirname(path),
  );
  const contents = new Map();
  const contentOf = (path) => {
    if (!contents.has(path)) contents.set(path, readFileSync(join(folder, path), 'utf8'));
    return contents.get(path);
  };
  const common = [process.version, ...shared.map((path) => readFileSync(join(folder, path), 'utf8'))];
  const digestOf = (spec) => {
    const near = new Set(inFolder.get(posix.dirname(spec)));
    for (const path of importsOf(spec, contentOf(spec))) if (known.has(path)) near.add(path);
    const hash = createHash('sha256');
    for (const text of common) hash.update(text);
    for (const path of [spec, ...[...near].sort()]) hash.update(`\0${path}\0${contentOf(path)}`);
    return hash.digest('hex');
  };
  return new Map(
    files.filter((path) => isSpec(path) && kindOf(`/${path}`) === 'unit').map((path) => [path, digestOf(path)]),
  );
}

/**
 * Selects the specs of `folder` that have not passed since a file near them changed, and all specs of `tools`. `remember` records in `file`
 * which ones passed.
 *
 * @example const { specs, remember } = changedSpecs(root, join(root, '.nx', 'specs-passed.json'));
 */
export function changedSpecs(folder, file) {
  const near = nearSpecs(folder);
  const passed = readPassed(file);
  return {
    specs: [...near.keys()].filter((path) => readsEverything(path) || passed[path] !== near.get(path)),
    remember(paths) {
      const all = { ...passed, ...Object.fromEntries(paths.map((path) => [path, near.get(path)])) };
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify(Object.fromEntries(Object.entries(all).filter(([path]) => near.has(path)))));
    },
  };
}

const isSpec = (path) => /\.spec\.tsx?$/.test(path);

function importsOf(path, text) {
  const names = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+)'/g)].map(([, name]) => name);
  const paths = names.map((name) => posix.join(posix.dirname(path), name));
  return paths.flatMap((name) => [name, name.replace(/\.js$/, '.ts'), name.replace(/\.js$/, '.tsx')]);
}

function readPassed(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}
