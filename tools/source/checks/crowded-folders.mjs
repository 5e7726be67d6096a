import { posix } from 'node:path';

const most = 25;

/** Finds folders with more than 25 TypeScript files, specs included. */
export function crowdedFolders(files) {
  const sizes = new Map();
  for (const { path } of files) sizes.set(posix.dirname(path), (sizes.get(posix.dirname(path)) ?? 0) + 1);
  return [...sizes]
    .filter(([, size]) => size > most)
    .map(([folder, size]) => ({ path: `${folder}/`, line: 1, text: `a folder of ${size} files` }));
}
