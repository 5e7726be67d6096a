import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { collect } from '../built-program.js';
import type { CarriedOut } from './carry-out.js';
import { insideCommand, mountLines, quoted, unshareCommand } from './private-root.js';

interface CommandResult {
  readonly code: number;
  readonly output: string;
}

export interface RunningImage {
  output(): string;
  /** Runs another command in the image, like `docker exec`. */
  execute(command: readonly string[]): Promise<CommandResult>;
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

/**
 * Runs a command of an image with the restrictions of `docker-compose.yml`: a read-only root, `/tmp` in memory, one volume, no
 * capabilities.
 */
export function runImage(
  image: CarriedOut,
  command: readonly string[],
  { volume, environment }: { readonly volume: string; readonly environment: Readonly<Record<string, string>> },
): RunningImage {
  const at = (path: string): string => quoted(join(image.root, path));
  const lines = [
    ...mountLines(image.root),
    // The options that Docker uses for a tmpfs, which forbid running programs from it.
    `mount -t tmpfs -o noexec,nosuid,nodev,size=512m,mode=1777 tmp ${at('/tmp')}`,
    `mount --bind ${at(volume)} ${at(volume)}`,
    ...['/usr/local', '/'].map((path) => `mount -o remount,bind,ro ${at(path)}`),
  ];
  const variables = { ...image.variables, ...environment };
  const argv = (args: readonly string[]) => insideCommand(image.user, image.folder, variables, args);
  const child = spawn('unshare', unshareCommand(lines, image.root, argv(command)), {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = collect(child.stdout);
  const errors = collect(child.stderr);
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return {
    output: () => output() + errors(),
    execute: (args) => {
      const into = ['--target', String(child.pid), '--mount', '--net', '--root', '--wd', ...argv(args)];
      return new Promise((resolve) => {
        execFile('nsenter', into, (error, stdout, stderr) => {
          resolve({
            code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1,
            output: stdout + stderr,
          });
        });
      });
    },
    stop: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}
