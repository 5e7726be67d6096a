import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../e2e/built-program.js';

/** A disk in an image file. A copy of the file does not contain what the file system has not written yet. */
export interface ImageDisk {
  /** The folder where the disk is mounted. */
  readonly folder: string;
  /** Copies the present content of the disk, as a power cut leaves it. */
  cut(): void;
  /** Mounts the last copy instead. All users of the disk must have ended. */
  mountCut(): void;
  remove(): void;
}

const megabytes = 64;
const run = (command: string, ...args: readonly string[]): void =>
  void execFileSync(command, args, { stdio: 'ignore' });

/** Mounts an image disk; undefined if this machine or user cannot. */
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
