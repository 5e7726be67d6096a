import { fork, type ChildProcess } from 'node:child_process';
import { allowedEnvironment } from './allowed-environment.js';
import { residentMb } from './resident-memory.js';
import { resolveEntry } from './resolve-entry.js';

/** How a child ended. `memory`: it exceeded its memory limit and was ended. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly reason: 'exit' | 'signal' | 'memory' | 'stopped' | 'spawn-failed';
  /** The end of what it wrote to standard error. */
  readonly errorOutput: string;
}

export interface SpawnChildOptions {
  /**
   * The result of `ownFile('folder/entry.js')`, because the caller may be bundled elsewhere. From sources, the `.ts` file beside it runs.
   */
  readonly entry: URL;
  readonly args?: readonly string[];
  readonly execArgv?: readonly string[];
  /** Added to the allowed variables of the environment. Never a secret. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Ends the child when its resident memory exceeds this. It limits the JavaScript heap too. */
  readonly memoryLimitMb?: number;
  readonly onMessage: (message: unknown) => void;
  readonly onExit: (exit: ChildExit) => void;
}

export interface Child {
  readonly pid: number | undefined;
  /** Sends a message by structured clone, which supports typed arrays. Dropped if the child is gone. */
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
      // The callback swallows the error of a channel that closes meanwhile: the owner learns of the exit separately.
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

export interface Ending {
  reason: 'memory' | 'stopped' | undefined;
}

/** Waits for the end of a child and keeps the end of its standard error output. */
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
    // `close` comes after `exit`, once standard error is complete.
    child.once('close', (code: number | null, signal: NodeJS.Signals | null) => {
      resolve({ code, signal, reason: ending.reason ?? (signal === null ? 'exit' : 'signal'), errorOutput });
    });
  });
}

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
