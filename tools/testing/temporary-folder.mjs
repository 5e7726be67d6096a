import { accessSync, constants, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** All specs together keep some hundred MB at a time; where there is not much more than that, memory is not for files. */
const ampleBytes = 4 * 1024 ** 3;

/**
 * A folder for everything that the tests write, which goes when they end. It is in memory where Linux has room for it: the databases of hundreds of
 * servers wait for a disk longer than they compute, and what a killed process had written is there either way.
 *
 * @example const { folder, remove } = temporaryFolder();
 */
export function temporaryFolder({ memory = '/dev/shm', disk = tmpdir(), least = ampleBytes } = {}) {
  const folder = mkdtempSync(join(hasRoom(memory, least) ? memory : disk, 'heddle-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }) };
}

function hasRoom(folder, least) {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    // What is written there is taken from the programs, whose limit a container may set.
    return bavail * bsize >= least && process.availableMemory() >= 2 * least && !isNoexec(folder);
  } catch {
    return false;
  }
}

/** Some tests start programs that they have written. */
function isNoexec(folder) {
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const options = mounts.map((mount) => mount.split(' ')).find(([, temporary]) => temporary === folder)?.[3] ?? '';
  return options.split(',').includes('noexec');
}
