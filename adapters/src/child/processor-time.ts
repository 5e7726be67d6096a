import { readFile } from 'node:fs/promises';

/** Milliseconds of one tick in `/proc`; it is the same on every Linux that Node runs on. */
const tickMs = 10;

/**
 * Milliseconds of processor time that a process has used; undefined if the system does not report it (all but Linux) or
 * the process is gone.
 */
export async function processorMs(pid: number): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The program's name is in parentheses and may contain anything, so the fields are counted after it (proc_pid_stat(5)).
    const [user = '', system = ''] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13);
    return (Number(user) + Number(system)) * tickMs;
  } catch {
    // The process ended before it was read.
    return undefined;
  }
}
