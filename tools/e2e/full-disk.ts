import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './built-program.js';

/** A small disk that can be filled and freed. */
export interface SmallDisk {
  readonly folder: string;
  fill(): void;
  free(): void;
  mount(mode: 'ro' | 'rw'): void;
  remove(): void;
}

/** Mounts a small disk in memory; undefined if this user may not. */
export function smallDisk(megabytes: number): SmallDisk | undefined {
  if (process.platform !== 'linux') return undefined;
  const folder = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'heddle-e2e', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill() {
      mkdirSync(ballast, { recursive: true });
      for (const size of [1 << 20, 1 << 16, 1 << 12]) {
        for (let index = 0; ; index += 1) {
          try {
            writeFileSync(join(ballast, `${size}-${index}`), Buffer.alloc(size));
          } catch {
            break;
          }
        }
      }
    },
    free: () => rmSync(ballast, { recursive: true, force: true }),
    mount: (mode) => void execFileSync('mount', ['-o', `remount,${mode}`, folder]),
    remove: () => void execFileSync('umount', ['-l', folder]),
  };
}

/** Whether the file sizes of a running process can be limited and released again. */
export function canLimitFiles(): boolean {
  return process.platform === 'linux' && existsSync('/usr/bin/prlimit');
}

/** Limits the size of every file that a process writes, like a quota; `undefined` removes the limit. */
export function limitFiles(pid: number, bytes: number | undefined): void {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes ?? 'unlimited'}:unlimited`]);
}
