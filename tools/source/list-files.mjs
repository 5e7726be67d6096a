import { execFileSync } from 'node:child_process';

/** The packages; each may depend only on earlier ones. */
export const packages = ['core', 'engine', 'nodes', 'adapters', 'server', 'editor', 'client', 'workflows', 'tools'];

const isCode = /\.(?:tsx?|mjs|css)$/;
const isTest = /\.spec\.tsx?$|(?:^|\/)testing\//;
const isFixture = /(?:^|\/)(?:__fixtures__|fixtures)\//;
/** Files that a script generates. Their first line names the script. */
const isGenerated = /^adapters\/src\/vectors\/kernel\/kernel-bytes\.ts$|\.generated\.tsx?$/;

/**
 * Gives the kind of a file: `source`, `test` (specs and testing folders), `fixture` or `generated`; undefined if it is no code of a
 * package.
 */
export function kindOf(path) {
  if (!isCode.test(path) || !packages.includes(path.split('/', 1)[0])) return undefined;
  if (isFixture.test(path)) return 'fixture';
  if (isGenerated.test(path)) return 'generated';
  return isTest.test(path) ? 'test' : 'source';
}

/**
 * Lists the code files that git tracks or would track, as `{ path, package, kind }` with paths relative to `folder`.
 *
 * @example listFiles(root).filter(({ kind }) => kind === 'source');
 */
export function listFiles(folder) {
  const output = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'],
    {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  const deleted = execFileSync('git', ['ls-files', '-z', '--deleted'], { cwd: folder, encoding: 'utf8' });
  const gone = new Set(deleted.split('\0'));
  return output
    .split('\0')
    .filter((path) => path !== '' && !gone.has(path))
    .map((path) => ({ path, package: path.split('/', 1)[0], kind: kindOf(path) }))
    .filter(({ kind }) => kind !== undefined);
}
