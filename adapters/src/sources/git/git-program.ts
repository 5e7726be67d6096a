import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { devNull } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { HeddleError, withoutUndefined } from '@heddle/core';
import { allowedEnvironment } from '../../child/allowed-environment.js';

export type GitChild = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Settings for every call. No configuration of the repository, the user or the machine may start a program, ask for a password, or change
 * what is read.
 */
const settings: readonly (readonly [name: string, value: string])[] = [
  ['core.hooksPath', devNull],
  ['core.fsmonitor', 'false'],
  ['core.askPass', ''],
  ['credential.helper', ''],
  ['fetch.recurseSubmodules', 'false'],
  ['http.followRedirects', 'false'],
  ['http.proxy', ''],
  // A server that sends less than this per second for a minute counts as unreachable.
  ['http.lowSpeedLimit', '100'],
  ['http.lowSpeedTime', '60'],
  ['gc.autoDetach', 'false'],
  ['gc.pruneExpire', 'now'],
  ['gc.autoPackLimit', '20'],
  ['maintenance.auto', 'false'],
  ['safe.bareRepository', 'all'],
];

/**
 * The folder and additional settings of a call. Settings may contain a password, so they are passed in the environment, never on the
 * command line.
 */
export interface GitCall {
  readonly folder: string;
  /** The only transport that may be used; without it, none. */
  readonly protocol?: 'http' | 'https' | 'file' | undefined;
  readonly settings?: readonly (readonly [name: string, value: string])[];
  readonly signal: AbortSignal;
}

const keptErrors = 8_192;

/** Running Git processes. They end with this process. */
const running = new Set<GitChild>();
const stopAll = (): void => running.forEach(stopGit);

/** Starts Git. `ended` rejects with a `GitFailure` if Git fails. Errors: `aborted`, `source_failed` if Git is not installed. */
export function startGit(args: readonly string[], call: GitCall): { child: GitChild; ended: Promise<void> } {
  call.signal.throwIfAborted();
  const child = spawn('git', args, {
    cwd: call.folder,
    env: environmentOf(call),
    stdio: ['pipe', 'pipe', 'pipe'],
    // Runs Git in its own process group, so that transport helpers end with it.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const stop = (): void => stopGit(child);
  call.signal.addEventListener('abort', stop, { once: true });
  if (running.size === 0) process.once('exit', stopAll);
  running.add(child);
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-keptErrors)));
  child.stdin.on('error', () => undefined); // The end of the process gives the reason.
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', (cause) => reject(missing(cause)));
    child.once('close', (code) => {
      if (call.signal.aborted) reject(new HeddleError('aborted', 'The sync was stopped while Git worked.'));
      else if (code === 0) resolve();
      else reject(new GitFailure(errors));
    });
  }).finally(() => {
    call.signal.removeEventListener('abort', stop);
    running.delete(child);
    if (running.size === 0) process.removeListener('exit', stopAll);
  });
  ended.catch(() => undefined); // Prevents an unhandled rejection if nobody awaits it.
  return { child, ended };
}

/** Runs Git and returns its output, which must be short: only the last part is kept. */
export async function runGit(args: readonly string[], call: GitCall): Promise<string> {
  const { child, ended } = startGit(args, call);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-keptErrors)));
  child.stdin.end();
  await ended;
  return output;
}

/** Kills Git and the processes that it started. */
export function stopGit(child: GitChild): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The process has just ended.
  }
}

/** A failed call of Git, with its error output. */
export class GitFailure extends Error {
  readonly output: string;

  constructor(output: string) {
    super('Git failed.');
    this.output = output;
  }
}

function environmentOf({ folder, protocol, settings: more = [] }: GitCall): Record<string, string> {
  const all = [...settings, ...more];
  const { GIT_SSL_CAINFO: authorities } = process.env;
  return allowedEnvironment({
    ...withoutUndefined({ GIT_SSL_CAINFO: authorities }),
    HOME: folder,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_ALLOW_PROTOCOL: protocol ?? 'none',
    GIT_CONFIG_COUNT: String(all.length),
    ...Object.fromEntries(
      all.flatMap(([name, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, name],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  });
}

const missing = (cause: Error): HeddleError =>
  new HeddleError(
    'source_failed',
    "The program git cannot be started: install Git 2.37 or newer on Heddle's machine.",
    { cause },
  );

/** Checks the version of Git: older ones cannot be bound to the checked address. Errors: `source_failed`. */
export async function checkGit(call: GitCall): Promise<void> {
  const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(await runGit(['version'], call)) ?? []).map(Number);
  if (major > 2 || (major === 2 && minor >= 37)) return;
  throw new HeddleError('source_failed', 'The program git is too old: install Git 2.37 or newer.');
}
