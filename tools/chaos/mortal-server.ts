import type { ChildProcess } from 'node:child_process';
import { childrenOf } from '../e2e/child-processes.js';
import { collect, startProgram } from '../e2e/built-program.js';
import type { ServerProcess } from '../e2e/start-server.js';
import type { ServerLife } from './evidence.js';

/** What is different at the start of the next process. */
export interface NextLife {
  readonly data?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** The built repository whose program is started; the default is this one. */
  readonly repository?: string | undefined;
}

/** The end of a process that was not killed. */
export interface OwnEnd {
  readonly code: number | null;
  readonly stderr: string;
  readonly life: ServerLife;
}

/** A server process that tests kill and start again with the same data folder. */
export class MortalServer {
  readonly lives: ServerLife[] = [];
  /** Ids of processes that were children of a server when it was killed. */
  readonly orphans = new Set<number>();
  /** Rejects when a process ends by itself, with the text of its standard error. */
  readonly ownEnd: Promise<never>;
  readonly #isDying = new WeakSet<ChildProcess>();
  #data: string;
  #environment: Readonly<Record<string, string>>;
  readonly #mayEnd: (end: OwnEnd) => boolean;
  #rejectOwnEnd: (error: Error) => void = () => undefined;
  #child: ChildProcess | undefined;
  #waiting: ((server: ServerProcess) => void)[] = [];
  #server: ServerProcess | undefined;
  #ended: Promise<number | null> = Promise.resolve(null);

  /** Starts no process yet. `mayEnd` is called when a process ends by itself; if it returns true, the process can be started again. */
  constructor(
    data: string,
    environment: Readonly<Record<string, string>>,
    mayEnd: (end: OwnEnd) => boolean = () => false,
  ) {
    this.#data = data;
    this.#environment = environment;
    this.#mayEnd = mayEnd;
    this.ownEnd = new Promise<never>((_, reject) => (this.#rejectOwnEnd = reject));
    this.ownEnd.catch(() => undefined);
  }

  /** The server that listens now; undefined if there is none. */
  get listening(): ServerProcess | undefined {
    return this.#server;
  }

  /** Resolves with the server that listens now, or with the next one. */
  current(): Promise<ServerProcess> {
    const server = this.#server;
    return server === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(server);
  }

  start({ data = this.#data, environment = this.#environment, repository }: NextLife = {}): void {
    this.#data = data;
    this.#environment = environment;
    const life: ServerLife = { startedAt: Date.now(), listeningAt: undefined, diedAt: undefined };
    const child = startProgram(['serve'], { data, environment: { PORT: '0', ...environment }, repository });
    this.#child = child;
    this.lives.push(life);
    const stderr = collect(child.stderr);
    const stdout = collect(child.stdout);
    this.#ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
    child.stdout?.on('data', () => {
      const address = /Heddle is at (http:\S+)/.exec(stdout())?.[1];
      if (address === undefined || life.listeningAt !== undefined || this.#isDying.has(child)) return;
      life.listeningAt = Date.now();
      this.#listens(address, child.pid ?? 0, stderr);
    });
    child.once('exit', (code) => {
      if (this.#isDying.has(child)) return;
      this.#server = undefined;
      if (this.#mayEnd({ code, stderr: stderr(), life })) return;
      this.#rejectOwnEnd(new Error(`The server ended with ${code ?? 'a signal'} by itself: ${stderr()}`));
    });
  }

  #listens(address: string, pid: number, stderr: () => string): void {
    const kill = async (): Promise<void> => void (await this.#end('SIGKILL'));
    const ended = this.#ended;
    const server = { address, data: this.#data, pid, stderr, ended, kill, stop: () => this.#end('SIGTERM') };
    this.#server = server;
    for (const resolve of this.#waiting) resolve(server);
    this.#waiting = [];
  }

  #end(signal: NodeJS.Signals): Promise<number | null> {
    this.#server = undefined;
    if (this.#child !== undefined) this.#isDying.add(this.#child);
    this.#child?.kill(signal);
    return this.#ended;
  }

  /** Kills the process, like a crash. */
  async kill(): Promise<void> {
    for (const pid of childrenOf(this.#child?.pid ?? 0, '')) this.orphans.add(pid);
    await this.#end('SIGKILL');
    // The time is taken after the end of the process, because what it wrote in its last moments belongs to its life.
    const life = this.lives.at(-1);
    if (life !== undefined) life.diedAt = Date.now();
  }

  /** Stops the process with SIGSTOP or continues it with SIGCONT. */
  hold(isHeld: boolean): void {
    this.#child?.kill(isHeld ? 'SIGSTOP' : 'SIGCONT');
  }

  /** Ends the process with SIGTERM; returns its exit code. */
  stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }
}
