import { realpath } from 'node:fs/promises';
import { resolveEntry } from '../../child/resolve-entry.js';
import { ownFile } from '../../child/own-file.js';
import type { CustomModule } from '../resolve-module.js';
import type { Confinement } from './confinement.js';
import { readablePaths } from './readable-paths.js';
import type { NodesCommand } from './start-nodes.js';

const entry = ownFile('custom-nodes/child/nodes-child.js');
/** The default limit of resident memory; half of it is for the JavaScript heap. */
export const defaultMemoryMb = 512;

/** The command that starts a package's process under Node's permission model and the confinement of the system. */
export async function nodesCommand(
  name: string,
  found: CustomModule,
  {
    confinement,
    hidden,
    memoryMb,
  }: { readonly confinement: Confinement; readonly hidden: readonly string[]; readonly memoryMb: number },
): Promise<NodesCommand> {
  const [folder, file] = await Promise.all([realpath(found.folder), realpath(found.file)]);
  const child = resolveEntry(entry);
  const readable = await readablePaths({ folder, file }, child.file, hidden);
  const node = [
    process.execPath,
    '--permission',
    ...readable.map((path) => `--allow-fs-read=${path}`),
    '--no-addons',
    '--disable-sigusr1',
    `--max-old-space-size=${Math.ceil(memoryMb / 2)}`,
    ...child.execArgv,
    child.file,
    name,
    file,
    folder,
  ];
  const [command = process.execPath, ...args] = [...confinement.prefix, ...node];
  return { command, args, folder, memoryMb };
}
