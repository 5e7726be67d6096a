import { accessSync, constants, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** All specs together use some hundred MB at a time. Memory is used for files only if this much is free. */
const ampleBytes = 4 * 1024 ** 3;

/**
 * Makes a folder for everything that the tests write, which is removed when they end. On Linux, it is in memory if there is room: the
 * databases of hundreds of servers wait longer for a disk than they compute, and data that a killed process wrote survives in memory as
 * well.
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
    // Files in memory take it from the programs, whose limit a container may set.
    return bavail * bsize >= least && process.availableMemory() >= 2 * least && !isNoexec(folder);
  } catch {
    return false;
  }
}

/** Some tests start programs that they have written, which `noexec` forbids. */
function isNoexec(folder) {
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const options = mounts.map((mount) => mount.split(' ')).find(([, temporary]) => temporary === folder)?.[3] ?? '';
  return options.split(',').includes('noexec');
}
