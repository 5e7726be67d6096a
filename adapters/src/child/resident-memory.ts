import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** Resident memory of a process in MB; undefined if the system does not report it (Windows) or the process is gone. */
export async function residentMb(pid: number): Promise<number | undefined> {
  if (process.platform === 'linux') return readStatus(pid);
  if (process.platform === 'win32') return undefined;
  return runPs(pid);
}

async function readStatus(pid: number): Promise<number | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const found = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    return found === undefined ? undefined : Number(found) / 1024;
  } catch {
    // The process ended before it was read.
    return undefined;
  }
}

function runPs(pid: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'rss=', '-p', String(pid)], (error, output) => {
      const kilobytes = Number(output);
      resolve(error !== null || !(kilobytes > 0) ? undefined : kilobytes / 1024);
    });
  });
}
