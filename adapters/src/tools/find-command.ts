import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { ToolTransport } from '@heddle/core';

type Command = Pick<Extract<ToolTransport, { kind: 'stdio' }>, 'command' | 'folder' | 'environment'>;

/**
 * Whether this machine has the command of a tool server and its working folder. It searches like the start of the server does: by path, or
 * in the folders of `PATH`.
 *
 * @example isCommandHere({ command: 'uvx', folder: undefined, environment: [] })
 */
export function isCommandHere(
  { command, folder, environment }: Command,
  source: NodeJS.ProcessEnv = process.env,
): boolean {
  if (folder !== undefined && !isFolder(folder)) return false;
  if (/[\\/]/.test(command)) return isExecutable(isAbsolute(command) ? command : resolve(folder ?? '.', command));
  const own = environment.find(({ name }) => name === 'PATH');
  const path = own?.value ?? source['PATH'] ?? source['Path'] ?? '';
  return path.split(delimiter).some((entry) => entry !== '' && isExecutable(join(entry, command)));
}

/** On Windows, a command may be given without the extension of its file. */
const ends = process.platform === 'win32' ? ['', ...(process.env['PATHEXT'] ?? '.EXE;.CMD;.BAT').split(';')] : [''];

function isExecutable(file: string): boolean {
  return ends.some((end) => {
    try {
      accessSync(file + end, constants.X_OK);
      return statSync(file + end).isFile();
    } catch {
      return false;
    }
  });
}

function isFolder(folder: string): boolean {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
