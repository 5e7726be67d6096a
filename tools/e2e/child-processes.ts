import { readdirSync, readFileSync } from 'node:fs';

/** Lists the ids of a process's children whose command line contains a text. Linux only, because it reads `/proc`. */
export function childrenOf(parent: number, commandLine: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter(
      (name) => parentOf(name) === parent && read(`/proc/${name}/cmdline`).replaceAll('\0', ' ').includes(commandLine),
    )
    .map(Number);
}

function parentOf(pid: string): number {
  return Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
}

/** Reads a file of `/proc`; the process may have ended in the meantime. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
