import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './repository.mjs';

const lastLines = 40;

/** Makes an environment in which `node` and the installed commands are those of the repository. */
export function toolEnvironment(extra = {}) {
  const separator = process.platform === 'win32' ? ';' : ':';
  return {
    ...process.env,
    PATH: `${join(root, 'node_modules', '.bin')}${separator}${process.env.PATH ?? ''}`,
    NX_TUI: 'false',
    ...extra,
  };
}

/**
 * Runs a command in the repository and calls `onLine` with each line of output. If the command fails, throws an error with the end of the
 * output.
 */
export function runCommand(command, args, { onLine = () => undefined, env = toolEnvironment(), cwd = root } = {}) {
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  const kept = [];
  const read = (chunk) => {
    for (const line of chunk.toString().split(/\r?\n|\r/)) {
      if (line.trim() === '') continue;
      kept.push(line);
      if (kept.length > lastLines) kept.shift();
      onLine(line.trim());
    }
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}:\n${kept.join('\n')}`));
    });
  });
}
