import { fork, type ChildProcess } from 'node:child_process';
import { allowedEnvironment } from './allowed-environment.js';
import { residentMb } from './resident-memory.js';
import { resolveEntry } from './resolve-entry.js';

/** How a child ended. `memory`: it passed its limit and was ended for it. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly reason: 'exit' | 'signal' | 'memory' | 'stopped' | 'spawn-failed';
  /** The last of what it wrote to standard error. */
  readonly errorOutput: string;
}

export interface SpawnChildOptions {
  /** `ownFile('folder/entry.js')`: the caller may be bundled elsewhere. From sources the `.ts` beside it is run. */
  readonly entry: URL;
  readonly args?: readonly string[];
  readonly execArgv?: readonly string[];
  /** Added to the allow-listed environment. Never a secret. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Ends the child when its resident memory passes this. Bounds the JavaScript heap too. */
  readonly memoryLimitMb?: number;
  readonly onMessage: (message: unknown) => void;
  readonly onExit: (exit: ChildExit) => void;
}

/** A running child process. */
export interface Child {
  readonly pid: number | undefined;
  /** Sends a structured-clone message; typed arrays travel as they are. Dropped when the child is gone. */
  send(message: unknown): void;
  /** Resident memory in MB, if the system reports it. */
  memoryMb(): Promise<number | undefined>;
  /** Ends the child at once, and waits until it is gone. */
  stop(): Promise<void>;
  readonly exited: Promise<ChildExit>;
}

const memoryPollMs = 100;
const keptErrorOutput = 4096;

/**
 * Starts a Node child process without secrets in its environment, with a message channel and a memory limit.
 * The child must begin with `serveCalls` or `endWithParent`, so that it never outlives its parent.
 *
 * @example const child = spawnChild({ entry: ownFile('models/llama/host.js'), onMessage, onExit });
 */
export function spawnChild(options: SpawnChildOptions): Child {
  const entry = resolveEntry(options.entry);
  const heap = options.memoryLimitMb === undefined ? [] : [`--max-old-space-size=${Math.ceil(options.memoryLimitMb)}`];
  const child = fork(entry.file, [...(options.args ?? [])], {
    execArgv: [...entry.execArgv, ...heap, ...(options.execArgv ?? [])],
    env: allowedEnvironment(options.env),
    cwd: options.cwd,
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const ending: Ending = { reason: undefined };
  child.on('message', options.onMessage);
  const exited = watchExit(child, ending);
  void exited.then(options.onExit);
  if (options.memoryLimitMb !== undefined) watchMemory(child, options.memoryLimitMb, ending);
  return {
    pid: child.pid,
    send(message) {
      // The callback takes the error of a channel that closes meanwhile: the exit informs the owner.
      if (child.connected) child.send(message as object, () => undefined); // `send` wants an object type; any clonable value works
    },
    memoryMb: async () => (child.pid === undefined ? undefined : residentMb(child.pid)),
    async stop() {
      ending.reason ??= 'stopped';
      child.kill('SIGKILL');
      await exited;
    },
    exited,
  };
}

/** Why its owner ended a child. */
export interface Ending {
  reason: 'memory' | 'stopped' | undefined;
}

/** Waits for the end of a child, and keeps the last of what it writes to standard error. */
export function watchExit(child: ChildProcess, ending: Ending): Promise<ChildExit> {
  let errorOutput = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errorOutput = (errorOutput + text).slice(-keptErrorOutput);
  });
  return new Promise((resolve) => {
    child.once('error', (error) => {
      if (child.pid === undefined)
        resolve({ code: null, signal: null, reason: 'spawn-failed', errorOutput: error.message });
    });
    // `close` comes after `exit` and after the last of standard error.
    child.once('close', (code: number | null, signal: NodeJS.Signals | null) => {
      resolve({ code, signal, reason: ending.reason ?? (signal === null ? 'exit' : 'signal'), errorOutput });
    });
  });
}

/** Ends a child whose resident memory passes a limit. */
export function watchMemory(child: ChildProcess, limitMb: number, ending: Ending): void {
  const timer = setInterval(() => {
    if (child.pid === undefined) return;
    void residentMb(child.pid).then((used) => {
      if (used === undefined || used <= limitMb || child.exitCode !== null) return;
      ending.reason ??= 'memory';
      child.kill('SIGKILL');
    });
  }, memoryPollMs);
  timer.unref();
  child.once('exit', () => {
    clearInterval(timer);
  });
}
