import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Programs of the system that do what a container engine would do. */
const programs = ['unshare', 'nsenter', 'chroot', 'mount', 'setpriv', 'ip', 'npm'];

/** The reason why an image cannot be run here; undefined if it can. */
export function whyNoPrivateRoot(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root, for folders that are mounted for one process';
  const missing = programs.filter((name) => pathOf(name) === undefined);
  if (missing.length > 0) return `needs ${missing.join(', ')}`;
  try {
    execFileSync('unshare', ['--mount', '--net', 'true'], { stdio: 'ignore' });
  } catch {
    return 'may not make mounts of its own';
  }
  return undefined;
}

/**
 * Makes a folder that serves as `/`. It contains the programs of this system and the Node of these tests, and nothing else of this machine.
 */
export function makeRoot(folder: string): string {
  for (const name of ['usr', 'dev', 'proc', 'etc', 'tmp', 'home/node'])
    mkdirSync(join(folder, name), { recursive: true });
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, join(folder, name));
  writeFileSync(join(folder, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n');
  writeFileSync(join(folder, 'etc/group'), 'root:x:0:\nnode:x:1000:\n');
  return folder;
}

/** Shell lines that mount the content of a root like the official Node images. They apply to one process and its children. */
export function mountLines(root: string): readonly string[] {
  const at = (path: string): string => quoted(join(root, path));
  const npm = dirname(dirname(realpathSync(pathOf('npm') ?? '')));
  return [
    'set -e',
    `mount --bind ${at('/')} ${at('/')}`,
    ...['/usr', '/dev', '/proc'].map((path) => `mount --rbind ${path} ${at(path)}`),
    `mount -o remount,bind,ro ${at('/usr')}`,
    `mount -t tmpfs -o mode=755 local ${at('/usr/local')}`,
    `mkdir -p ${at('/usr/local/bin')} ${at('/usr/local/lib/node_modules/npm')}`,
    `touch ${at('/usr/local/bin/node')}`,
    `mount --bind ${quoted(process.execPath)} ${at('/usr/local/bin/node')}`,
    `mount --bind ${quoted(npm)} ${at('/usr/local/lib/node_modules/npm')}`,
    `ln -s ../lib/node_modules/npm/bin/npm-cli.js ${at('/usr/local/bin/npm')}`,
    'ip link set lo up',
  ];
}

/**
 * The command line that runs a command in a root with only these variables. If the user is not root, it has no capabilities and cannot get
 * new ones.
 */
export function insideCommand(
  user: string,
  folder: string,
  variables: Readonly<Record<string, string>>,
  command: readonly string[],
): readonly string[] {
  const path = '/usr/local/bin:/usr/bin:/bin';
  const rights = ['--bounding-set=-all', '--inh-caps=-all', '--no-new-privs'];
  return [
    ...(user === 'root' ? [] : ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups', ...rights]),
    ...['env', '-i', `PATH=${path}`, ...Object.entries(variables).map(([name, value]) => `${name}=${value}`)],
    ...['sh', '-c', 'cd "$0" && exec "$@"', folder, ...command],
  ];
}

/** The command line that runs a command with its own mounts and its own network, which has only loopback. */
export function unshareCommand(lines: readonly string[], root: string, inside: readonly string[]): readonly string[] {
  return ['--mount', '--net', 'sh', '-c', `${lines.join('\n')}\nexec chroot "$0" "$@"`, root, ...inside];
}

export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function pathOf(program: string): string | undefined {
  try {
    return execFileSync('sh', ['-c', 'command -v "$0"', program], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}
