import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../e2e/built-program.js';

/** A disk in a file: what its file system has not written yet is not in a copy of the file. */
export interface ImageDisk {
  /** Where it is mounted. */
  readonly folder: string;
  /** Copies what the disk holds at this moment, as a power cut leaves it. */
  cut(): void;
  /** Mounts the last copy instead. Whoever used the disk has ended. */
  mountCut(): void;
  remove(): void;
}

const megabytes = 64;
const run = (command: string, ...args: readonly string[]): void =>
  void execFileSync(command, args, { stdio: 'ignore' });

/** Mounts one; undefined where this machine or this user cannot. */
export function imageDisk(): ImageDisk | undefined {
  if (process.platform !== 'linux') return undefined;
  const temporary = temporaryFolder();
  const image = join(temporary, 'disk.img');
  const copy = join(temporary, 'cut.img');
  const folder = join(temporary, 'disk');
  mkdirSync(folder);
  try {
    run('truncate', '-s', `${megabytes}M`, image);
    run('mkfs.ext4', '-q', image);
    run('mount', '-o', 'loop', image, folder);
  } catch {
    return undefined;
  }
  return {
    folder,
    cut: () => run('cp', '--sparse=always', image, copy),
    mountCut() {
      run('umount', folder);
      run('mount', '-o', 'loop', copy, folder);
    },
    remove() {
      run('umount', '-l', folder);
      rmSync(temporary, { recursive: true, force: true });
    },
  };
}
