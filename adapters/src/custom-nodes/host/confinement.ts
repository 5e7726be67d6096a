import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** How this system confines the processes of custom nodes, beside Node's permission model. */
export interface Confinement {
  /** `namespace`: the system gives them an empty network. `loader`: their loader refuses the network. */
  readonly network: 'namespace' | 'loader';
  /** What is started before Node. */
  readonly prefix: readonly string[];
}

/** The loader alone, as on systems without network namespaces. */
export const loaderOnly: Confinement = { network: 'loader', prefix: [] };

let found: Promise<Confinement> | undefined;

/** Finds out once what this system allows: a network namespace needs Linux, `unshare`, and the right to make one. */
export function findConfinement(): Promise<Confinement> {
  return (found ??= check());
}

/** One sentence for health and logs. */
export function describeConfinement({ network }: Confinement): string {
  return network === 'namespace'
    ? 'Custom nodes run under the permission model of Node, in a network namespace of their own.'
    : 'Custom nodes run under the permission model of Node; their loader refuses the network, since this system gives no network namespace.';
}

async function check(): Promise<Confinement> {
  if (process.platform !== 'linux') return loaderOnly;
  const unshare = programAt('unshare');
  const ends = await endsWithParent();
  if (unshare === undefined) return { network: 'loader', prefix: ends };
  // The second way is for users without rights of their own, where the system lets them make namespaces.
  for (const way of [['--net'], ['--map-root-user', '--net']]) {
    const prefix = [unshare, ...way, '--', ...ends];
    if (await works(prefix)) return { network: 'namespace', prefix };
  }
  return { network: 'loader', prefix: ends };
}

/** A busy process does not see that its parent is gone: the system can end it then. */
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

/** Looked for where systems keep their programs, not in `PATH`: these run with the rights of the server. */
function programAt(name: string): string | undefined {
  return ['/usr/bin', '/bin', '/usr/sbin', '/sbin']
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}
