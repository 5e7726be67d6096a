import type { ChildProcess } from 'node:child_process';
import { childrenOf } from '../e2e/child-processes.js';
import { collect, startProgram } from '../e2e/built-program.js';
import type { ServerProcess } from '../e2e/start-server.js';
import type { ServerLife } from './evidence.js';

/** A server that is killed and started again over the same data folder. */
export interface MortalServer {
  readonly lives: readonly ServerLife[];
  /** Processes that were children of a server when it was killed. */
  readonly orphans: ReadonlySet<number>;
  /** The server that listens now, or the next one that will. */
  current(): Promise<ServerProcess>;
  /** Starts the next process. */
  start(): void;
  /** Ends the process as a crash does, wherever it is. */
  kill(): Promise<void>;
  /** Holds the process that listens, as SIGSTOP does, or lets it go on. */
  hold(isHeld: boolean): void;
  /** Ends it orderly; gives its exit code. */
  stop(): Promise<number | null>;
  /** Rejects when a process ends by itself, with what it said. */
  readonly broken: Promise<never>;
}

/** Makes a server for a data folder; nothing is started yet. */
export function createMortalServer(data: string, environment: Readonly<Record<string, string>>): MortalServer {
  const lives: ServerLife[] = [];
  const orphans = new Set<number>();
  let child: ChildProcess | undefined;
  let life: ServerLife | undefined;
  let waiting: ((server: ServerProcess) => void)[] = [];
  let server: ServerProcess | undefined;
  let ended: Promise<number | null> = Promise.resolve(null);

  const isDying = new WeakSet<ChildProcess>();
  let breakOff: (error: Error) => void = () => undefined;
  const broken = new Promise<never>((_, reject) => (breakOff = reject));
  broken.catch(() => undefined);

  const end = (signal: NodeJS.Signals): Promise<number | null> => {
    server = undefined;
    if (child !== undefined) isDying.add(child);
    child?.kill(signal);
    return ended;
  };

  return {
    lives,
    orphans,
    broken,
    current: () => (server === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(server)),
    start() {
      const born: ServerLife = { startedAt: Date.now(), listeningAt: undefined, diedAt: undefined };
      const process = startProgram(['serve'], { data, environment: { PORT: '0', ...environment } });
      child = process;
      life = born;
      lives.push(born);
      const stderr = collect(process.stderr);
      const stdout = collect(process.stdout);
      ended = new Promise((resolve) => process.once('exit', (code) => resolve(code)));
      process.stdout?.on('data', () => {
        const address = /Heddle is at (http:\S+)/.exec(stdout())?.[1];
        if (address === undefined || born.listeningAt !== undefined || isDying.has(process)) return;
        born.listeningAt = Date.now();
        const kill = async (): Promise<void> => {
          await end('SIGKILL');
        };
        server = { address, data, pid: process.pid ?? 0, stderr, ended, kill, stop: () => end('SIGTERM') };
        for (const resolve of waiting) resolve(server);
        waiting = [];
      });
      process.once('exit', (code) => {
        if (!isDying.has(process))
          breakOff(new Error(`The server ended with ${code ?? 'a signal'} by itself: ${stderr()}`));
      });
    },
    async kill() {
      for (const pid of childrenOf(child?.pid ?? 0, '')) orphans.add(pid);
      await end('SIGKILL');
      // Only now: what it wrote in its last moments was written by the living.
      if (life !== undefined) life.diedAt = Date.now();
    },
    hold: (isHeld) => void child?.kill(isHeld ? 'SIGSTOP' : 'SIGCONT'),
    stop: () => end('SIGTERM'),
  };
}
