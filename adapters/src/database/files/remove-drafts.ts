import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '../storage-error.js';

/** Removes drafts (`PREFIX` and a process id) of this process and of processes that died while they wrote one. */
export function removeDrafts(prefix: string): void {
  const folder = dirname(prefix);
  const start = basename(prefix);
  for (const name of readdirSync(folder)) {
    const pid = name.startsWith(start) ? Number.parseInt(name.slice(start.length), 10) : Number.NaN;
    if (!Number.isNaN(pid) && (pid === process.pid || !isRunning(pid)))
      rmSync(join(folder, name), { force: true, recursive: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
