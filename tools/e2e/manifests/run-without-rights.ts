import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { collect, root, temporaryFolder } from '../built-program.js';
import { eventually } from '../eventually.js';
import { quoted, whyNoPrivateRoot } from '../image/private-root.js';
import type { ServerProcess } from '../start-server.js';

/** The user id of the image; this user has no home folder here. */
const user = 1000;

/** The path of a pod's volumes inside the pod. Every user may enter this folder, which is not true of every temporary folder. */
const at = '/srv';
export const inPod = { data: `${at}/data`, tmp: `${at}/tmp`, secrets: `${at}/secrets` } as const;

/** The reason why nothing can be started like this here; undefined if it can. */
export function whyNoPod(): string | undefined {
  const reason = whyNoPrivateRoot();
  if (reason !== undefined || existsSync(at)) return reason ?? whyNotReadable();
  return `needs a folder ${at}`;
}

function whyNotReadable(): string | undefined {
  return isReadable(join(root, 'server', 'bin', 'heddle.mjs'))
    ? undefined
    : 'needs a repository that every user may read';
}

function isReadable(file: string): boolean {
  try {
    execFileSync('setpriv', [`--reuid=${user}`, '--clear-groups', 'test', '-r', file], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The Node of this process, or the one in the pod if the user of the image may not read it, as in the home folder of root. */
const node = isReadable(process.execPath) ? process.execPath : `${at}/node`;

/** Makes the volumes of a pod. Its secrets are mounted as in Kubernetes: only the group of the pod can read them. */
export function podFolder(secrets: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  for (const name of Object.keys(inPod)) mkdirSync(join(folder, name));
  if (node !== process.execPath) putNode(join(folder, 'node'));
  for (const name of ['data', 'tmp']) chownSync(join(folder, name), user, user);
  for (const [name, text] of Object.entries(secrets)) {
    const file = join(folder, 'secrets', name);
    writeFileSync(file, text);
    chownSync(file, 0, user);
    chmodSync(file, 0o440);
  }
  return folder;
}

function putNode(file: string): void {
  try {
    linkSync(process.execPath, file);
  } catch {
    // The two folders are on different disks.
    copyFileSync(process.execPath, file);
  }
}

/** Makes everything read-only except for the volumes and the file systems of the kernel. */
const readOnly = (folder: string): string =>
  [
    'set -e',
    'mount --make-rprivate /',
    `mount --bind ${quoted(folder)} ${at}`,
    ...[inPod.data, inPod.tmp].map((path) => `mount --bind ${path} ${path}`),
    'cut -d " " -f 2 /proc/self/mounts | while read -r at; do',
    `  case "$at" in /proc*|/sys*|/dev*|${inPod.data}|${inPod.tmp}) ;; *) [ ! -e "$at" ] || mount -o remount,bind,ro "$at" ;; esac`,
    'done',
    'exec setpriv "$@"',
  ].join('\n');

/** Starts a command like a pod: as a user without a home folder and capabilities, with only these variables, on a read-only root. */
export function startWithoutRights(
  command: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string>>,
) {
  const rights = ['--clear-groups', '--bounding-set=-all', '--inh-caps=-all', '--no-new-privs'];
  const variables = { PATH: `${dirname(node)}:/usr/bin:/bin`, TMPDIR: inPod.tmp, ...environment };
  const given = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const inside = [`--reuid=${user}`, `--regid=${user}`, ...rights, 'env', '-i', ...given, ...command];
  const child = spawn('unshare', ['--mount', 'sh', '-c', readOnly(folder), 'sh', ...inside], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = collect(child.stdout);
  const errors = collect(child.stderr);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { child, ended, said: () => output() + errors() };
}

export const heddle = (...args: string[]): readonly string[] => [node, 'server/bin/heddle.mjs', ...args];

/** Starts a server like a pod and waits for its address. */
export async function serveWithoutRights(
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<ServerProcess & { said(): string; rights(): string }> {
  const { child, ended, said } = startWithoutRights(heddle('serve'), folder, environment);
  let isOver = false;
  void ended.then(() => (isOver = true));
  const address = await eventually(
    'the address',
    () => {
      if (isOver) throw new Error(`It ended before it listened: ${said()}`);
      return /Heddle is at (http:\S+)/.exec(said())?.[1];
    },
    120_000,
  );
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  return {
    address,
    data: folder,
    pid: child.pid ?? 0,
    ended,
    said,
    stderr: said,
    rights: () => readFileSync(`/proc/${child.pid}/status`, 'utf8'),
    stop: () => end('SIGTERM'),
    async kill() {
      await end('SIGKILL');
    },
  };
}
