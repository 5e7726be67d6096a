import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { root } from '../e2e/built-program.js';
import type { Random } from './random.js';

/** Makes file operations of a process on its data folder fail on demand. */
export interface RefusedDisk {
  /** The environment variables with which the process must be started. */
  readonly environment: Readonly<Record<string, string>>;
  /** From now on, makes reads, writes or flushes of one kind of file fail with one error; returns a description. */
  refuse(random: Random): string;
  /** Lets all operations succeed again. */
  restore(): void;
}

const { EIO, ENOSPC, EROFS } = constants.errno;
const refusals = [
  { what: 'reads', setting: 'FAULT_READ', reasons: { EIO } },
  { what: 'writes', setting: 'FAULT_WRITE', reasons: { EIO, ENOSPC, EROFS } },
  { what: 'flushes', setting: 'FAULT_SYNC', reasons: { EIO, ENOSPC } },
] as const;

/** The journal is listed twice, because most depends on it. */
const files = ['heddle.db', 'heddle.db', 'collections.db', 'originals/'] as const;

/** Builds the library that makes operations fail, in a folder. Gives the reason if it cannot be built here. */
export function createRefusedDisk(folder: string): RefusedDisk | string {
  if (process.platform !== 'linux') return 'only Linux has a library that is loaded before others';
  const library = join(folder, 'refuse-files.so');
  const source = join(root, 'tools', 'testing', 'refuse-files.c');
  if (spawnSync('cc', ['-shared', '-fPIC', '-o', library, source, '-ldl']).status !== 0)
    return 'there is no C compiler (cc) that builds the library';
  const fileOf = (setting: string): string => join(folder, setting.toLowerCase());
  return {
    environment: {
      LD_PRELOAD: library,
      ...Object.fromEntries(refusals.map(({ setting }) => [setting, fileOf(setting)])),
    },
    refuse(random) {
      const { what, setting, reasons } = pick(refusals, random);
      const [name, code] = pick(Object.entries(reasons), random);
      const file = pick(files, random);
      writeFileSync(fileOf(setting), `${code} ${file}`);
      return `${what} of ${file} with ${name}`;
    },
    restore() {
      for (const { setting } of refusals) rmSync(fileOf(setting), { force: true });
    },
  };
}

function pick<T>(values: readonly T[], random: Random): T {
  const value = values[Math.floor(random.next() * values.length)];
  if (value === undefined) throw new Error('There is nothing to choose from.');
  return value;
}
