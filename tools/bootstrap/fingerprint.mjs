import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { builtPackages, root } from './repository.mjs';

export function hashOfFile(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** Hashes the path, size and modification time of every file that a build reads. That takes milliseconds for a thousand files. */
export function fingerprintOfSources() {
  const hash = createHash('sha256')
    .update(process.version)
    .update(hashOfFile(join(root, 'package-lock.json')));
  const files = [
    'tsconfig.base.json',
    'nx.json',
    ...builtPackages.flatMap((name) => [...filesBelow(join(name, 'src')), ...configFiles(name)]),
  ];
  for (const file of files.sort()) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function configFiles(name) {
  const names = [
    ...['package.json', 'tsconfig.build.json', 'tsconfig.json'],
    ...[
      'rolldown.config.mjs',
      'vite.config.mjs',
      'vite.share.config.mjs',
      'vite.compress.mjs',
      'vite.kit.config.mjs',
      'pack-kit.mjs',
    ],
    ...['index.html', 'api-docs.html'],
  ];
  return names.map((file) => join(name, file)).filter((file) => existsSync(join(root, file)));
}

function filesBelow(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return /\.spec\.tsx?$/.test(entry.name) ? [] : [path];
  });
}

/** Reads a stamp file; undefined if it cannot be read. */
export function readStamp(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

export function writeStamp(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
