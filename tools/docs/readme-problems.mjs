import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, matchesGlob } from 'node:path';

/** Selects the READMEs of packages and of their features. */
export function readmesOf(paths) {
  return paths.filter(
    (path) => /^(?:[a-z]+|(?:server|editor)\/src\/.+)\/README\.md$/.test(path) && !path.startsWith('workflows/'),
  );
}

/** Lists the files that git tracks or would track. */
export function trackedFiles(root) {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const output = execFileSync('git', list, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return output.split('\0').filter((path) => path !== '');
}

/**
 * Finds problems of a README: a file in the first column of its table that does not exist, and a folder beside it (for a package: in its
 * `src`) that it does not name.
 *
 * @example readmeProblems(root, 'server/src/runs/README.md', trackedFiles(root))
 */
export function readmeProblems(root, readme, paths) {
  const folder = dirname(readme);
  const text = readFileSync(join(root, readme), 'utf8');
  const inFolder = paths.filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1));
  const known = [...new Set(inFolder.flatMap(withFolders))];
  const named = [...text.matchAll(/`([^`\s]+)`/g)].map(([, name]) => name.replace(/\/$/, ''));
  const inTable = [...text.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell]) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name.replace(/\/$/, '')),
  );
  const gone = inTable.filter((name) => !/[A-Z]{4}/.test(name) && !known.some((path) => matchesGlob(path, name)));
  const source = known.includes('src') ? 'src/' : '';
  const folders = known.filter((path) => isFolderOf(source, path, inFolder));
  const unnamed = folders.filter((path) => !named.some((name) => isWithin(name, path)));
  return [
    ...gone.map((name) => `${readme}: '${name}' is not there.`),
    ...unnamed.map((path) => `${readme}: does not say what the folder '${path}' contains.`),
  ];
}

/** A path and all folders above it. */
function withFolders(path) {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function isFolderOf(source, path, files) {
  const name = path.slice(source.length);
  if (!path.startsWith(source) || name === '' || name.includes('/') || /^(?:testing|__fixtures__)$/.test(name))
    return false;
  return files.some((file) => file.startsWith(`${path}/`));
}

/** Whether a name is the folder, a path in it, or a pattern that matches it. */
function isWithin(name, folder) {
  return name === folder || name.startsWith(`${folder}/`) || matchesGlob(folder, name);
}
