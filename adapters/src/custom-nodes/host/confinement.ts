import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** How the operating system confines the processes of custom nodes, in addition to Node's permission model. */
export interface Confinement {
  /** `namespace`: the system gives them an empty network. `loader`: only their module loader refuses the network. */
  readonly network: 'namespace' | 'loader';
  /** The command that starts Node, such as `unshare`, with its arguments; empty for none. */
  readonly prefix: readonly string[];
}

/** No confinement by the system, as without network namespaces. */
export const loaderOnly: Confinement = { network: 'loader', prefix: [] };

let found: Promise<Confinement> | undefined;

/** Determines once what this system supports: a network namespace needs Linux, `unshare`, and the right to create one. */
export function detectConfinement(): Promise<Confinement> {
  return (found ??= check());
}

/** One sentence for health and logs. */
export function describeConfinement({ network }: Confinement): string {
  return network === 'namespace'
    ? 'Custom nodes run under the permission model of Node, in a network namespace of their own.'
    : 'Custom nodes run under the permission model of Node; their loader refuses the network, because this system provides no network namespace.';
}

async function check(): Promise<Confinement> {
  if (process.platform !== 'linux') return loaderOnly;
  const unshare = programAt('unshare');
  const ends = await endsWithParent();
  if (unshare === undefined) return { network: 'loader', prefix: ends };
  // The second way works for users without privileges, if the system lets them create namespaces.
  for (const way of [['--net'], ['--map-root-user', '--net']]) {
    const prefix = [unshare, ...way, '--', ...ends];
    if (await works(prefix)) return { network: 'namespace', prefix };
  }
  return { network: 'loader', prefix: ends };
}

/** Arguments with which the system ends a process with its parent: a busy process does not notice that its parent is gone. */
async function endsWithParent(): Promise<readonly string[]> {
  const setpriv = programAt('setpriv');
  const prefix = setpriv === undefined ? [] : [setpriv, '--pdeathsig', 'KILL', '--'];
  return prefix.length > 0 && (await works(prefix)) ? prefix : [];
}

async function works([command = '', ...args]: readonly string[]): Promise<boolean> {
  try {
    await promisify(execFile)(command, [...args, programAt('true') ?? 'true'], { timeout: 5_000, env: {} });
    return true;
  } catch {
    return false;
  }
}

/** Searches the folders of system programs, not `PATH`, because the program runs with the rights of the server. */
function programAt(name: string): string | undefined {
  return ['/usr/bin', '/bin', '/usr/sbin', '/sbin']
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}
