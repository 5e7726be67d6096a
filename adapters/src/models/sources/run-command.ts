import { spawn } from 'node:child_process';
import { HeddleError } from '@heddle/core';
import { errorCode } from '../files/error-code.js';

interface CommandResult {
  readonly code: number;
  readonly output: string;
  readonly errorOutput: string;
}

interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  readonly onLine?: (line: string) => void;
}

const keptOutput = 16_384;

/**
 * Runs one of the user's own commands (pip, npm) with the user's own environment, because their registry and proxy
 * settings are there. Returns undefined if the command does not exist. Errors: `aborted`.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult | undefined> {
  return new Promise((resolve, reject) => {
    // On Windows, npm and pip are .cmd files, which need a shell. The arguments are checked (parse-source.ts).
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
      windowsHide: true,
    });
    let output = '';
    let errorOutput = '';
    const stop = (): boolean => child.kill('SIGTERM');
    options.signal?.addEventListener('abort', stop, { once: true });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-keptOutput);
      for (const line of text.split('\n')) options.onLine?.(line);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errorOutput = (errorOutput + text).slice(-keptOutput);
    });
    child.once('error', (error) => {
      if (['ENOENT', 'EACCES'].includes(errorCode(error) ?? '')) resolve(undefined);
      else reject(error);
    });
    child.once('close', (code) => {
      options.signal?.removeEventListener('abort', stop);
      if (options.signal?.aborted === true) reject(new HeddleError('aborted', `${command} was stopped.`));
      else resolve({ code: code ?? 1, output, errorOutput });
    });
  });
}
